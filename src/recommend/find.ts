import type { Item } from '../domain/item.ts';
import { wordsOf } from '../model/words.ts';
import type { Serving } from './serving.ts';

/**
 * The most popular items with a word in their title that starts with each word of `query`; with no words, the most popular
 * of all. `total` counts every match.
 */
export function findItems(query: string, limit: number, serving: Serving): { items: Item[]; total: number } {
  const { items, byPopularity } = serving.snapshot;
  const rows = wordsOf(query).length === 0 ? byPopularity : matching(query, serving);
  return { items: Array.from(rows.slice(0, limit), (row) => items[row]!), total: rows.length };
}

function matching(query: string, { lexicon, snapshot }: Serving): Uint32Array {
  const found = new Set(lexicon.index.beginning(query));
  return snapshot.byPopularity.filter((row) => found.has(row));
}
