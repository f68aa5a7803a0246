import type { ListedItem } from '../catalog/items/list-items.ts';

/** An item as answers show it: its fields, with its times as text. */
export function showItem({ item, createdMs, updatedMs }: ListedItem): object {
  const timeOf = (name: string, atMs: number | undefined) => (atMs === undefined ? {} : { [name]: new Date(atMs).toISOString() });
  return { ...timeOf('createdAt', createdMs), ...item, ...timeOf('updatedAt', updatedMs) };
}
