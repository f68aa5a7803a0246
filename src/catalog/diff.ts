import type { Item } from '../domain/item.ts';

/** Ids of items that one version has and another has not, and of those that say something else in it. */
export function diffItems(before: readonly Item[], after: readonly Item[]): { added: string[]; gone: string[]; changed: string[] } {
  const old = new Map(before.map((item) => [item.id, JSON.stringify(item)]));
  const now = new Map(after.map((item) => [item.id, JSON.stringify(item)]));
  return {
    added: [...now.keys()].filter((id) => !old.has(id)),
    gone: [...old.keys()].filter((id) => !now.has(id)),
    changed: [...now].flatMap(([id, text]) => (old.has(id) && old.get(id) !== text ? [id] : [])),
  };
}
