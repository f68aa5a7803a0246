import type { Item } from '../domain/item.ts';
import type { Serving } from './serving.ts';

/**
 * The most popular items with a word in their title that starts with each word of `query`; of a blank one, the most
 * popular of all; signs without a word find nothing. `total` counts every match. Rows whose `permitted` entry [items] is 0 are passed over.
 */
export function findItems(query: string, limit: number, serving: Serving, permitted?: Uint8Array): { items: Item[]; total: number } {
  const { snapshot } = serving;
  const found = query.trim() === '' ? undefined : new Set(serving.lexicon.index.beginning(query));
  const rows = snapshot.byPopularity.filter((row) => permitted?.[row] !== 0 && (found?.has(row) ?? true));
  return { items: Array.from(rows.slice(0, limit), (row) => snapshot.items.at(row)), total: rows.length };
}
