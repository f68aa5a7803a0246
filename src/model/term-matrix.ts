import type { ItemList } from '../domain/item.ts';
import { termsOf } from './terms.ts';

/** Items by the terms of their texts, sparse: item `i` has the terms `start[i] <= k < start[i + 1]`; rows have length 1 or 0. */
export interface TermMatrix {
  readonly itemCount: number;
  readonly termCount: number;
  /** [items + 1] */
  readonly start: Int32Array;
  /** [entries] columns */
  readonly term: Int32Array;
  /** [entries] */
  readonly weight: Float32Array;
  /** The column and the weight of a term before rows are given their length. */
  readonly terms: ReadonlyMap<string, { readonly column: number; readonly rarity: number }>;
}

/** A term of one item joins nothing, one of most items says nothing. */
const ITEMS_MIN = 2;
const SHARE_MAX = 0.5;

/** Weighs the terms of every item by how rare they are (tf-idf: Spärck Jones, 1972; a term counts once an item). Reads every item twice: all their terms at once would take ten times the memory. */
export function weighTerms(items: ItemList): TermMatrix {
  const frequency = new Map<string, number>();
  for (const item of items) for (const term of termsOf(item)) frequency.set(term, (frequency.get(term) ?? 0) + 1);
  const terms = new Map<string, { column: number; rarity: number }>();
  for (const [term, count] of frequency) {
    if (count >= ITEMS_MIN && count <= SHARE_MAX * items.length)
      terms.set(term, { column: terms.size, rarity: Math.log(items.length / count) });
  }

  const start = new Int32Array(items.length + 1);
  const columns: number[] = [];
  const weights: number[] = [];
  let row = 0;
  for (const item of items) {
    const known = termsOf(item).flatMap((term) => terms.get(term) ?? []);
    const length = Math.hypot(...known.map(({ rarity }) => rarity)) || 1;
    columns.push(...known.map(({ column }) => column));
    weights.push(...known.map(({ rarity }) => rarity / length));
    start[++row] = columns.length;
  }
  return {
    itemCount: items.length,
    termCount: terms.size,
    start,
    term: Int32Array.from(columns),
    weight: Float32Array.from(weights),
    terms,
  };
}

/** The items of each term: column `t` has the entries `start[t] <= k < start[t + 1]`. */
export function invertTerms({ itemCount, termCount, start, term, weight }: TermMatrix) {
  const first = new Int32Array(termCount + 1);
  for (const column of term) first[column + 1]!++;
  for (let column = 0; column < termCount; column++) first[column + 1]! += first[column]!;
  const fill = first.slice();
  const item = new Int32Array(term.length);
  const weights = new Float32Array(term.length);
  for (let row = 0; row < itemCount; row++) {
    for (let k = start[row]!; k < start[row + 1]!; k++) {
      const slot = fill[term[k]!]!++;
      item[slot] = row;
      weights[slot] = weight[k]!;
    }
  }
  return { start: first, item, weight: weights };
}
