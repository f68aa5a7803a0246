/** Recall, NDCG (Järvelin & Kekäläinen, 2002) and reciprocal rank of a ranking by binary relevance. Ranks count from 0. */

/** Share of `targetCount` targets that are ranked among the first `k`; for one target, whether it was hit. */
export function recallAt(k: number, ranks: readonly number[], targetCount: number): number {
  return ranks.filter((rank) => rank < k).length / targetCount;
}

/** Discounted gain of the targets among the first `k`, as a share of the best possible. */
export function ndcgAt(k: number, ranks: readonly number[], targetCount: number): number {
  let gain = 0;
  for (const rank of ranks) if (rank < k) gain += 1 / Math.log2(rank + 2);
  let best = 0;
  for (let at = 0; at < Math.min(k, targetCount); at++) best += 1 / Math.log2(at + 2);
  return gain / best;
}

/** 1 / place of the first target; 0 where none is ranked. */
export function reciprocalRank(ranks: readonly number[]): number {
  return ranks.length === 0 ? 0 : 1 / (1 + Math.min(...ranks));
}
