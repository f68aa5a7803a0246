import { TopK } from '../kernel/topk.ts';
import { FEATURE_COUNT, FEATURES } from '../model/features.ts';
import type { ScoringWeights } from '../model/manifest.ts';
import type { Candidates } from './candidates.ts';

export interface ScoredItem {
  readonly row: number;
  readonly score: number;
}

/** s(u, i): the weighted sum of an item's features, best first. */
export function scoreCandidates({ rows, features }: Candidates, weights: ScoringWeights): ScoredItem[] {
  const columns = FEATURES.map(({ name }) => weights[name]);
  const best = new TopK(rows.length);
  rows.forEach((row, at) => {
    let score = 0;
    for (let column = 0; column < FEATURE_COUNT; column++) score += columns[column]! * features[at * FEATURE_COUNT + column]!;
    best.offer(score, row);
  });
  return best.drain();
}
