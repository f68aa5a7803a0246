import type { Intent } from '../domain/intent.ts';
import { cosines, directionOfItem } from './directions.ts';
import type { Serving } from './serving.ts';
import type { Matching } from './settings.ts';

/** Items that each way of finding proposes at most. */
const CANDIDATES = 200;

/** The permitted items that a query finds, and what they are found by. */
export interface Matches {
  /** Those with the words first. */
  readonly rows: readonly number[];
  /** BM25 of the rows that have the words, as a share of the best one's. */
  readonly lexical: ReadonlyMap<number, number>;
  /** Where the words and the items that were named point [dims]; undefined where nothing of them is known. */
  readonly direction: Float32Array | undefined;
}

/** Finds items that have the words of an intent, and those that are near its words and near the items it names. */
export function findMatches(intent: Intent, permitted: Uint8Array | undefined, { lexical, semantic }: Matching, serving: Serving): Matches {
  const hits = lexical > 0 ? serving.lexicon.index.search(intent.about).filter(({ row }) => permitted?.[row] !== 0) : [];
  const best = hits.slice(0, CANDIDATES);
  const direction = semantic > 0 ? directionOf(intent, serving) : undefined;
  const near = direction ? serving.scanner.nearest(direction, CANDIDATES, permitted) : [];
  return {
    rows: [...new Set([...best.map(({ row }) => row), ...near])],
    lexical: new Map(best.map(({ row, score }) => [row, score / best[0]!.score])),
    direction,
  };
}

/** The words and each of the items count alike. */
function directionOf({ about, like }: Intent, serving: Serving): Float32Array | undefined {
  const parts = like.map((id) => directionOfItem(serving.snapshot.rowOf.get(id)!, serving));
  const words = serving.textEncoder.encode(about);
  if (words) parts.push(words);
  return parts.length === 0 ? undefined : parts.reduce((sum, part) => sum.map((value, d) => value + part[d]!));
}

/**
 * Joins what the words, their meaning and the user's past (`scores` [C]) say of the candidates `rows` [C]: a weighed sum of the
 * share of BM25, the cosine, and the score as a share of the way from the least to the greatest.
 */
export function fuseScores(scores: Float32Array, rows: Int32Array, matches: Matches, weights: Matching, serving: Serving): Float32Array {
  const semantic = cosines(matches.direction, rows, serving);
  const behaviour = toShares(scores);
  return behaviour.map(
    (liked, at) => weights.lexical * (matches.lexical.get(rows[at]!) ?? 0) + weights.semantic * semantic[at]! + weights.behaviour * liked,
  );
}

/** All 0 where they are equal. */
function toShares(values: Float32Array): Float32Array {
  let [least, greatest] = [Infinity, -Infinity];
  for (const value of values) [least, greatest] = [Math.min(least, value), Math.max(greatest, value)];
  const range = greatest - least || 1;
  return values.map((value) => (value - least) / range);
}
