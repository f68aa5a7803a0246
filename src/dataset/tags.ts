import { ReadContext } from './context.ts';
import { DatasetError } from './errors.ts';
import { matchColumns } from './columns.ts';
import { MAX_BAD_SHARE } from './read.ts';
import { readTable } from './table.ts';

/** Reads the words that people gave items, as MovieLens' `tags.csv` holds them -> the ids of the items of each, in small letters. */
export async function readTags(path: string): Promise<Map<string, Set<string>>> {
  const tags = new Map<string, Set<string>>();
  await readTable(path, new ReadContext(MAX_BAD_SHARE, () => undefined), { quotes: true }, (names) => {
    const { at } = matchColumns(names, { item: ['movieid', 'itemid', 'item'], tag: ['tag'] });
    if (at('item') < 0 || at('tag') < 0) throw new DatasetError('a table of tags has a column with the item and one named tag');
    return (row) => {
      const tag = row[at('tag')]!.trim().toLowerCase();
      if (!tags.has(tag)) tags.set(tag, new Set());
      tags.get(tag)!.add(row[at('item')]!);
    };
  });
  return tags;
}
