import type { Items } from './columns/items.ts';

/** Ids of items that one version has and another has not, and of those that say something else in it. */
export function diffItems(before: Items, after: Items): { added: string[]; gone: string[]; changed: string[] } {
  const added: string[] = [];
  const gone: string[] = [];
  const changed: string[] = [];
  for (const item of after) {
    const row = before.rowOf.get(item.id);
    if (row === undefined) added.push(item.id);
    else if (JSON.stringify(before.at(row)) !== JSON.stringify(item)) changed.push(item.id);
  }
  for (let row = 0; row < before.length; row++) {
    const id = before.readText(row, 'ids');
    if (!after.rowOf.has(id)) gone.push(id);
  }
  return { added, gone, changed };
}
