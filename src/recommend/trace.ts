import type { Debug } from '../domain/recommendation.ts';
import { FEATURE_COUNT, FEATURES } from '../model/features.ts';
import type { Candidates } from './candidates.ts';
import type { OnRule } from './rules/rules.ts';
import type { Situation } from './situation.ts';
import type { Proposal } from './sources/sources.ts';

/** Writes down how one answer came about. */
export class Trace {
  private readonly situation: Situation;
  private readonly rules: Debug['rules'][number][] = [];

  constructor(situation: Situation) {
    this.situation = situation;
  }

  readonly onRule: OnRule = (rule, kept, dropped) => {
    this.rules.push({
      rule,
      kept: kept.map(({ row }) => this.idOf(row)),
      dropped: dropped.map(({ row, reason }) => ({ id: this.idOf(row), reason })),
    });
  };

  /** `scores` [C] with the factors of the sources in them. */
  finish(proposals: readonly Proposal[], { rows, features }: Candidates, scores: Float32Array): Debug {
    const { request, excluded, barred, reranked } = this.situation;
    const { scenario, settings } = request;
    return {
      scenario,
      barred: Array.from(new Set(barred), (row) => ({
        id: this.idOf(row),
        reason: excluded.has(row) ? 'excluded' : 'seen',
      })),
      sources: proposals.map(({ source, rows: proposed }) => ({
        source,
        factor: settings.sources[source]!,
        items: proposed.map(this.idOf),
      })),
      candidates: Array.from(rows, (row, at) => ({
        id: this.idOf(row),
        score: scores[at]!,
        features: Object.fromEntries(FEATURES.map(({ name }, f) => [name, features[at * FEATURE_COUNT + f]!])),
      })).sort((a, b) => b.score - a.score),
      ...(reranked && { reranking: Array.from(reranked, ([row, factor]) => ({ id: this.idOf(row), factor })) }),
      rules: this.rules,
    };
  }

  private readonly idOf = (row: number): string => this.situation.serving.snapshot.items.idOf(row);
}
