import type { Snapshot } from '../catalog/snapshot.ts';
import type { Item } from '../domain/item.ts';

/**
 * The most popular items with a word in their title that starts with each word of `query`; with no words, the most popular
 * of all. `total` counts every match. Rows whose `permitted` entry [items] is 0 are passed over.
 */
export function findItems(
  query: string,
  limit: number,
  { items, byPopularity }: Snapshot,
  permitted?: Uint8Array,
): { items: Item[]; total: number } {
  const wanted = wordsOf(query);
  const found: Item[] = [];
  let total = 0;
  for (const row of byPopularity) {
    if (permitted?.[row] === 0) continue;
    const item = items[row]!;
    if (wanted.length > 0) {
      const words = wordsOf(item.title);
      if (!wanted.every((prefix) => words.some((word) => word.startsWith(prefix)))) continue;
    }
    total++;
    if (found.length < limit) found.push(item);
  }
  return { items: found, total };
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}
