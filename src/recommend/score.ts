import { TopK } from '../kernel/topk.ts';
import { FEATURE_COUNT, FEATURES } from '../model/features.ts';
import type { ScoringWeights } from '../model/manifest.ts';

export interface ScoredItem {
  readonly row: number;
  readonly score: number;
}

/** s(u, i): the weighted sum of every candidate's features [C, FEATURE_COUNT] -> [C] */
export function scoreCandidates(features: Float32Array, weights: ScoringWeights): Float32Array {
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
  const best = new TopK(Math.min(wanted, rows.length));
  for (let at = 0; at < rows.length; at++) best.offer(scores[at]!, rows[at]!);
  return best.drain();
}
