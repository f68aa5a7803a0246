import type { ScoredItem } from '../score.ts';

/**
 * Makes each item count `factorOf` times as likely and puts the list in the new order; of equals, the one that was first stays so.
 * The ranker is trained by softmax, so its scores are logits and a factor adds its logarithm.
 */
export function weigh(list: readonly ScoredItem[], factorOf: (row: number) => number): readonly ScoredItem[] {
  return list.map(({ row, score }) => ({ row, score: score + Math.log(factorOf(row)) })).sort((a, b) => b.score - a.score);
}
