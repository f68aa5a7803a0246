import type { Item } from '../../domain/item.ts';
import type { Items } from '../columns/items.ts';
import type { Change, Embedding } from './change.ts';

/** A new item, and where it stands if its text says. */
export interface AddedItem {
  readonly item: Item;
  readonly embedding: Embedding | undefined;
}

/** How rows become those of an amended version: first the old rows that are kept, in their order, then so many new ones. */
export interface RowChange {
  /** [kept] rows of the snapshot */
  readonly kept: Uint32Array;
  readonly added: { readonly length: number };
}

/** The same, and what items say now. */
export interface Amendment extends RowChange {
  /** Rows of the snapshot whose item says something else now. */
  readonly changed: ReadonlyMap<number, Item>;
  readonly added: readonly AddedItem[];
}

/**
 * What readers make of changes: every row stays where it is, so that histories still know it, and an item that may not be shown is
 * hidden. New items stand in the order in which they were made, whatever was written of them since: what comes next stands behind them.
 */
export function amendInPlace(items: Items, changes: readonly Change[]): Amendment {
  const changed = new Map<number, Item>();
  for (const { id, item } of changes) {
    const row = items.rowOf.get(id);
    if (row !== undefined) changed.set(row, item ?? hide(items.at(row)));
  }
  return { kept: allRows(items.length), changed, added: addedItems(items, changes).sort(byAge) };
}

/** What a new version makes of changes: items that are gone lose their row. */
export function amendWithout(items: Items, changes: readonly Change[]): Amendment {
  const { changed } = amendInPlace(items, changes);
  const gone = new Set(changes.flatMap(({ id, item }) => (item === null ? (items.rowOf.get(id) ?? []) : [])));
  return { kept: allRows(items.length).filter((row) => !gone.has(row)), changed, added: addedItems(items, changes) };
}

/** What is new in them, in their order. */
export function addedItems({ rowOf }: Items, changes: readonly Change[]): AddedItem[] {
  return changes.flatMap(({ id, item, embedding }) => (item && !rowOf.has(id) ? [{ item, embedding }] : []));
}

export function allRows(count: number): Uint32Array {
  const rows = new Uint32Array(count);
  for (let row = 0; row < count; row++) rows[row] = row;
  return rows;
}

/** Oldest first. */
function byAge({ item: a }: AddedItem, { item: b }: AddedItem): number {
  return (a.createdAtMs ?? 0) - (b.createdAtMs ?? 0) || (a.id < b.id ? -1 : 1);
}

const hide = (item: Item): Item => ({ ...item, attributes: { ...item.attributes, hidden: true } });
