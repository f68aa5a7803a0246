import { LIMITS } from '../../domain/limits.ts';
import type { ScoredItem } from '../score.ts';

/**
 * Makes each item count `factorOf` times as likely and puts the list in the new order; of equals, the one that was first stays so.
 * The ranker is trained by softmax, so its scores are logits and a factor adds its logarithm. However many factors there are, what
 * they come to is at most `LIMITS.factor`, and at least one part in as many.
 */
export function weigh(list: readonly ScoredItem[], factorOf: (row: number) => number): readonly ScoredItem[] {
  return list
    .map(({ row, score }) => ({ row, score: score + Math.log(Math.min(LIMITS.factor, Math.max(1 / LIMITS.factor, factorOf(row)))) }))
    .sort((a, b) => b.score - a.score);
}
