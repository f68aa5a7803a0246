import { LIMITS } from '../../domain/limits.ts';
import { rowProduct, type QuantizedMatrix } from '../../kernel/quantize.ts';
import type { ScoredItem } from '../score.ts';
import { keepAll, type Rule } from './rule.ts';

/**
 * Maximal marginal relevance (Carbonell & Goldstein, 1998): fills the answer place by place with the item that has the best of
 * (1 - diversity) · score - diversity · likeness, where scores go from 0 to 1 over the items looked at and likeness is the largest
 * cosine with a vector above, or 0: to be the opposite of something is no merit. Looks at four times as many as were asked for, at most `LIMITS.diversityItems`; what comes after them
 * stays as it is.
 */
export const diversity: Rule = (list, { request: { settings, limit }, serving }) => {
  if (settings.diversity === 0) return keepAll(list);
  const pool = list.slice(0, Math.min(4 * limit, LIMITS.diversityItems));
  const relevance = scale(pool);
  const cosine = cosines(pool, serving.snapshot.vectors);
  const likeness = pool.map(() => 0);
  const left = new Set(pool.keys());
  const chosen: ScoredItem[] = [];
  while (left.size > 0 && chosen.length < limit) {
    let best = -1;
    let bestWorth = -Infinity;
    for (const at of left) {
      const worth = (1 - settings.diversity) * relevance[at]! - settings.diversity * likeness[at]!;
      if (worth > bestWorth) [best, bestWorth] = [at, worth];
    }
    left.delete(best);
    chosen.push(pool[best]!);
    for (const at of left) likeness[at] = Math.max(likeness[at]!, cosine(best, at));
  }
  return keepAll([...chosen, ...[...left].map((at) => pool[at]!), ...list.slice(pool.length)]);
};

/** Scores brought to 0 … 1. */
function scale(pool: readonly ScoredItem[]): number[] {
  const scores = pool.map(({ score }) => score);
  const least = Math.min(...scores);
  const range = Math.max(...scores) - least;
  return scores.map((score) => (range === 0 ? 1 : (score - least) / range));
}

function cosines(pool: readonly ScoredItem[], vectors: QuantizedMatrix): (a: number, b: number) => number {
  const norms = pool.map(({ row }) => Math.sqrt(rowProduct(vectors, row, row)) || 1);
  return (a, b) => rowProduct(vectors, pool[a]!.row, pool[b]!.row) / (norms[a]! * norms[b]!);
}
