import type { Intent } from '../domain/intent.ts';
import type { Snapshot } from '../catalog/snapshot.ts';
import type { Matches } from './matches.ts';
import { rankCandidates, type ScoredItem } from './score.ts';

/** What each way of finding counts; what they say lies between 0 and 1. */
const WEIGHTS = { lexical: 1, behaviour: 0.2 } as const;
/** Where another order is wanted, an item takes part in it that matches at least this much as well as the best. */
const SORTED_FROM = 0.5;

/**
 * Joins what the words and the user's past (`behaviour` [M], in any unit) say of each match, best first: in the order that the
 * intent asks for, or else by the sum.
 */
export function rankMatches(
  { rows, lexical }: Matches,
  behaviour: Float32Array,
  intent: Intent,
  snapshot: Snapshot,
): readonly ScoredItem[] {
  const liked = toShares(behaviour);
  const scores = lexical.map((share, at) => WEIGHTS.lexical * share + WEIGHTS.behaviour * liked[at]!);
  return inOrder(rankCandidates(rows, scores, rows.length), intent, snapshot);
}

/** The ranking in the order that the intent asks for; its scores stay those of the match. */
function inOrder(ranked: readonly ScoredItem[], { sort }: Intent, { items, statistics }: Snapshot): readonly ScoredItem[] {
  if (!sort) return ranked;
  const keys = {
    cheapest: (row: number) => items[row]!.price ?? Infinity,
    dearest: (row: number) => -(items[row]!.price ?? -Infinity),
    newest: (row: number) => statistics.ageDays[row]!,
    popular: (row: number) => -statistics.popularity[row]!,
  };
  const key = keys[sort];
  const least = SORTED_FROM * (ranked[0]?.score ?? 0);
  const { near = [], far = [] } = Object.groupBy(ranked, ({ score }) => (score >= least ? 'near' : 'far'));
  return [...near.toSorted((a, b) => key(a.row) - key(b.row)), ...far];
}

/** Numbers of any unit as shares of the way from the least to the greatest; all 0 where they are equal. */
function toShares(values: Float32Array): Float32Array {
  let [least, greatest] = [Infinity, -Infinity];
  for (const value of values) [least, greatest] = [Math.min(least, value), Math.max(greatest, value)];
  const range = greatest - least || 1;
  return values.map((value) => (value - least) / range);
}
