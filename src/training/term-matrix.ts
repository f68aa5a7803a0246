import type { Item } from '../domain/item.ts';
import { termsOf } from '../model/terms.ts';

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
}

/** A term of one item joins nothing, one of most items says nothing. */
const ITEMS_MIN = 2;
const SHARE_MAX = 0.5;

/** Weighs the terms of every item by how rare they are (tf-idf: Spärck Jones, 1972; a term counts once an item). */
export function weighTerms(items: readonly Item[]): TermMatrix {
  const texts = items.map(termsOf);
  const frequency = new Map<string, number>();
  for (const text of texts) for (const term of text) frequency.set(term, (frequency.get(term) ?? 0) + 1);
  const column = new Map<string, number>();
  for (const [term, count] of frequency) {
    if (count >= ITEMS_MIN && count <= SHARE_MAX * items.length) column.set(term, column.size);
  }

  const start = new Int32Array(items.length + 1);
  const terms: number[] = [];
  const weights: number[] = [];
  texts.forEach((text, row) => {
    const known = text.filter((term) => column.has(term));
    const rarity = known.map((term) => Math.log(items.length / frequency.get(term)!));
    const length = Math.hypot(...rarity) || 1;
    terms.push(...known.map((term) => column.get(term)!));
    weights.push(...rarity.map((weight) => weight / length));
    start[row + 1] = terms.length;
  });
  return { itemCount: items.length, termCount: column.size, start, term: Int32Array.from(terms), weight: Float32Array.from(weights) };
}
