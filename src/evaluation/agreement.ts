/** Share of the first `k` of one list that are among the first `k` of the other; of the shorter one if it has fewer. */
export function overlapAt(k: number, a: readonly string[], b: readonly string[]): number {
  const [first, second] = [a.slice(0, k), new Set(b.slice(0, k))];
  const size = Math.max(first.length, second.size);
  return size === 0 ? 1 : first.filter((id) => second.has(id)).length / size;
}

/** Kendall's rank correlation (tau, 1938) of what both lists hold: 1 in the same order, -1 in the opposite; undefined of less than two. */
export function rankCorrelation(a: readonly string[], b: readonly string[]): number | undefined {
  const places = new Map(b.map((id, place) => [id, place]));
  const ranks = a.flatMap((id) => places.get(id) ?? []);
  const pairs = (ranks.length * (ranks.length - 1)) / 2;
  if (pairs === 0) return undefined;
  let inOrder = 0;
  for (let i = 0; i < ranks.length; i++) for (let j = i + 1; j < ranks.length; j++) if (ranks[i]! < ranks[j]!) inOrder++;
  return (2 * inOrder) / pairs - 1;
}
