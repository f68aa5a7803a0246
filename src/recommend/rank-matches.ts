import type { Intent, IntentSort } from '../domain/intent.ts';
import type { Snapshot } from '../catalog/snapshot.ts';
import type { Matches, SearchWeights } from './matches.ts';
import { rankCandidates, type ScoredItem } from './score.ts';

/** Chosen on validation tags, see docs/evaluation.md. */
export const SEARCH_WEIGHTS: SearchWeights = { lexical: 1, semantic: 1, behaviour: 0.5 };
/** Where another order is wanted, an item takes part in it that has the words at least this much as well as the best. */
const SORTED_FROM = 0.5;

/**
 * Joins what the words, their meaning and the user's past (`behaviour` [M], in any unit) say of each match, best first, by the
 * weighted sum; where the intent asks for another order, those that have the words come first in that order.
 */
export function rankMatches(
  { rows, lexical, semantic }: Matches,
  behaviour: Float32Array,
  weights: SearchWeights,
  intent: Intent,
  snapshot: Snapshot,
): readonly ScoredItem[] {
  const liked = toShares(behaviour);
  const scores = lexical.map((share, at) => weights.lexical * share + weights.semantic * semantic[at]! + weights.behaviour * liked[at]!);
  const ranked = rankCandidates(rows, scores, rows.length);
  const sort = intent.sort ?? (intent.freshness && 'newest');
  if (!sort) return ranked;
  const key = sortKey(sort, snapshot);
  const sorted = new Set(rows.filter((_, at) => lexical[at]! >= SORTED_FROM));
  const { near = [], far = [] } = Object.groupBy(ranked, ({ row }) => (sorted.has(row) ? 'near' : 'far'));
  return [...near.toSorted((a, b) => key(a.row) - key(b.row)), ...far];
}

/** What the rows are sorted by, the least first. */
function sortKey(sort: IntentSort, { items, statistics }: Snapshot): (row: number) => number {
  switch (sort) {
    case 'cheapest':
      return (row) => items[row]!.price ?? Infinity;
    case 'dearest':
      return (row) => -(items[row]!.price ?? -Infinity);
    case 'newest':
      return (row) => statistics.ageDays[row]!;
    case 'popular':
      return (row) => -statistics.popularity[row]!;
  }
}

/** Numbers of any unit as shares of the way from the least to the greatest; all 0 where they are equal. */
function toShares(values: Float32Array): Float32Array {
  let [least, greatest] = [Infinity, -Infinity];
  for (const value of values) [least, greatest] = [Math.min(least, value), Math.max(greatest, value)];
  const range = greatest - least || 1;
  return values.map((value) => (value - least) / range);
}
