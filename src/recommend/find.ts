import type { Snapshot } from '../catalog/snapshot.ts';

/**
 * Rows of the most popular items with a word in their title that starts with each word of `words`; with no words, of the most
 * popular of all. `total` counts every match. Rows whose `permitted` entry [items] is 0 are passed over.
 */
export function findRows(
  words: string,
  limit: number,
  { items, byPopularity }: Snapshot,
  permitted?: Uint8Array,
): { rows: number[]; total: number } {
  const wanted = wordsOf(words);
  const rows: number[] = [];
  let total = 0;
  for (const row of byPopularity) {
    if (permitted?.[row] === 0) continue;
    if (wanted.length > 0) {
      const found = wordsOf(items[row]!.title);
      if (!wanted.every((prefix) => found.some((word) => word.startsWith(prefix)))) continue;
    }
    total++;
    if (rows.length < limit) rows.push(row);
  }
  return { rows, total };
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}
