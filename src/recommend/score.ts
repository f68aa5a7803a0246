import type { DegradedPart } from '../domain/recommendation.ts';
import { areFinite } from '../kernel/finite.ts';
import { selectTop } from '../kernel/select.ts';
import { FEATURE_COUNT, FEATURES } from '../model/features.ts';
import type { ScoringWeights } from '../model/manifest.ts';
import type { Candidates } from './candidates.ts';
import type { Serving } from './serving.ts';
import type { Session } from './session.ts';
import type { Signals } from './signals.ts';

export interface ScoredItem {
  readonly row: number;
  readonly score: number;
}

/**
 * s(u, i) of every candidate -> [C]: by the ranker where the user's vector is known, by fixed weights until then, by
 * popularity for a user of whom nothing is known. A ranker that fails says so in `degraded`.
 */
export async function scoreCandidates(
  { features }: Candidates,
  session: Session,
  { user }: Signals,
  serving: Serving,
  degraded: DegradedPart[],
): Promise<Float32Array> {
  if (session.length === 0) return weigh(features, POPULARITY_ALONE);
  if (!user) return weigh(features, serving.snapshot.model.coldScoring);
  try {
    const scores = await serving.rank(features);
    if (!areFinite(scores)) throw new Error('the ranker gave a score that is not finite');
    return scores;
  } catch {
    degraded.push('ranker');
    return weigh(features, serving.snapshot.model.coldScoring);
  }
}

const POPULARITY_ALONE = Object.fromEntries(FEATURES.map(({ name }) => [name, Number(name === 'popularity')])) as ScoringWeights;

/** The weighted sum of every candidate's features [C, FEATURE_COUNT] -> [C] */
export function weigh(features: Float32Array, weights: ScoringWeights): Float32Array {
  const columns = Float64Array.from(FEATURES, ({ name }) => weights[name]);
  const scores = new Float32Array(features.length / FEATURE_COUNT);
  for (let at = 0, start = 0; at < scores.length; at++, start += FEATURE_COUNT) {
    let score = 0;
    for (let column = 0; column < FEATURE_COUNT; column++) score += columns[column]! * features[start + column]!;
    scores[at] = score;
  }
  return scores;
}

/** The `wanted` best of the candidates `rows` [C] by `scores` [C], best first; of two with one score the one proposed first. */
export function rankCandidates(rows: Int32Array, scores: Float32Array, wanted: number): ScoredItem[] {
  const best: ScoredItem[] = [];
  const places = selectTop(scores, wanted);
  for (let k = 0; k < places.length; k++) best.push({ row: rows[places[k]!]!, score: scores[places[k]!]! });
  return best.sort((a, b) => b.score - a.score);
}
