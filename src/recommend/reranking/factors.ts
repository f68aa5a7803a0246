import type { Snapshot } from '../../catalog/snapshot.ts';
import { LIMITS } from '../../domain/limits.ts';
import type { FadingReranking } from '../../domain/reranking.ts';

/**
 * How many times as likely each row counts by the order of a language model: the first `LIMITS.rerankingFactor`, the last as
 * unlikely, those between them by their places in equal steps of the logarithm. One that has faded moves each of them less.
 */
export function rerankingFactors({ items, strength }: FadingReranking, { rowOf }: Snapshot): ReadonlyMap<number, number> {
  const last = Math.max(1, items.length - 1);
  const factors = new Map<number, number>();
  items.forEach((id, at) => {
    const row = rowOf.get(id);
    if (row !== undefined) factors.set(row, LIMITS.rerankingFactor ** (strength * (1 - (2 * at) / last)));
  });
  return factors;
}
