import type { Item } from '../../domain/item.ts';
import type { Change, Embedding } from './change.ts';

/** A new item, and where it stands if its text says. */
interface AddedItem {
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
 * hidden. `rowOf` is of the snapshot.
 */
export function amendInPlace(items: readonly Item[], rowOf: ReadonlyMap<string, number>, changes: readonly Change[]): Amendment {
  const changed = new Map<number, Item>();
  for (const { id, item } of changes) {
    const row = rowOf.get(id);
    if (row !== undefined) changed.set(row, item ?? hide(items[row]!));
  }
  return { kept: Uint32Array.from(items.keys()), changed, added: added(rowOf, changes) };
}

/** What a new version makes of changes: items that are gone lose their row. */
export function amendWithout(items: readonly Item[], rowOf: ReadonlyMap<string, number>, changes: readonly Change[]): Amendment {
  const { changed } = amendInPlace(items, rowOf, changes);
  const gone = new Set(changes.flatMap(({ id, item }) => (item === null ? (rowOf.get(id) ?? []) : [])));
  return { kept: Uint32Array.from(items.keys()).filter((row) => !gone.has(row)), changed, added: added(rowOf, changes) };
}

function added(rowOf: ReadonlyMap<string, number>, changes: readonly Change[]): AddedItem[] {
  return changes.flatMap(({ id, item, embedding }) => (item && !rowOf.has(id) ? [{ item, embedding }] : []));
}

const hide = (item: Item): Item => ({ ...item, attributes: { ...item.attributes, hidden: true } });
