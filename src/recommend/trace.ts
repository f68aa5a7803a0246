import type { Snapshot } from '../catalog/snapshot.ts';
import type { Debug } from '../domain/recommendation.ts';
import { FEATURE_COUNT, FEATURES } from '../model/features.ts';
import type { Candidates } from './candidates.ts';
import type { RecommendRequest } from './request.ts';
import type { OnRule } from './rules/rules.ts';
import type { Proposal } from './sources/sources.ts';

/** Writes down how one answer came about. */
export class Trace {
  private readonly request: RecommendRequest;
  private readonly snapshot: Snapshot;
  private readonly rules: Debug['rules'][number][] = [];

  constructor(request: RecommendRequest, snapshot: Snapshot) {
    this.request = request;
    this.snapshot = snapshot;
  }

  readonly onRule: OnRule = (rule, kept, dropped) => {
    this.rules.push({
      rule,
      kept: kept.map(({ row }) => this.idOf(row)),
      dropped: dropped.map(({ row, reason }) => ({ id: this.idOf(row), reason })),
    });
  };

  /** `scores` [C] with the factors of the sources in them. */
  finish(
    proposals: readonly Proposal[],
    { rows, features }: Candidates,
    scores: Float32Array,
    reranked: ReadonlyMap<number, number> | undefined,
  ): Debug {
    const { scenario, settings } = this.request;
    return {
      scenario,
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

  private readonly idOf = (row: number): string => this.snapshot.items.idOf(row);
}
