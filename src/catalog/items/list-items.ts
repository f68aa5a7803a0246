import type { Item } from '../../domain/item.ts';
import { LIMITS } from '../../domain/limits.ts';
import { Items } from '../columns/items.ts';
import type { Catalogue } from './catalogue.ts';
import type { ShownItem } from './edit-item.ts';
import { compareIds } from './id-order.ts';
import { fromServedItem, toServedItem } from './served-item.ts';
import { DELETED, type StoredItem } from './stored-item.ts';

/** An item of a list. */
export type ListedItem = Omit<ShownItem, 'hash'>;

export interface ListOptions {
  readonly catalogue: Pick<Catalogue, 'after'>;
  /** Items of the live version; undefined while there is none. */
  readonly served: Items | undefined;
  /** The list begins behind this id; '' is before all. */
  readonly after: string;
  readonly limit: number;
  /** Tells which rows of some items pass. */
  readonly passes: (items: Items) => (row: number) => boolean;
}

export interface ItemPage {
  readonly items: readonly ListedItem[];
  /** The id behind which the next page begins; undefined at the end. A page may be short, even empty, and not the last. */
  readonly next: string | undefined;
}

/** Items by id: those that were written, and those that only the live version has. Reads at most `LIMITS.itemsListed` rows of D1. */
export async function listItems({ catalogue, served, after, limit, passes }: ListOptions): Promise<ItemPage> {
  const stored = await catalogue.after(after, LIMITS.itemsListed);
  const horizon = stored.length === LIMITS.itemsListed ? stored.at(-1)!.id : undefined; // what comes behind it was not read
  const known = new Set(stored.map(({ id }) => id));
  const isInReach = (id: string) => compareIds(id, after) > 0 && (horizon === undefined || compareIds(id, horizon) < 0) && !known.has(id);
  const written = stored.filter(({ hash }) => hash !== DELETED);
  const passesWritten = passes(Items.of(written.map(({ item, createdMs }) => toServedItem(item, createdMs))));
  const found = [
    ...written.filter((_, row) => passesWritten(row)).map(listStored),
    ...(served ? firstById(served, limit + 1, isInReach, passes(served)) : []).map(listServed),
  ].sort((a, b) => compareIds(a.item.id, b.item.id));
  const items = found.slice(0, limit);
  return { items, next: found.length > limit ? items.at(-1)!.item.id : horizon };
}

/** The `count` items with the lowest ids of those that are in reach and pass, in order; a catalogue need not be sorted for a page of it. */
function firstById(items: Items, count: number, isInReach: (id: string) => boolean, passes: (row: number) => boolean): Item[] {
  const first: { id: string; row: number }[] = [];
  for (let row = 0; row < items.length; row++) {
    const id = items.readText(row, 'ids');
    if (first.length === count && compareIds(id, first.at(-1)!.id) > 0) continue;
    if (!isInReach(id) || !passes(row)) continue;
    const at = first.findIndex((other) => compareIds(other.id, id) > 0);
    first.splice(at === -1 ? first.length : at, 0, { id, row });
    if (first.length > count) first.pop();
  }
  return first.map(({ row }) => items.at(row));
}

function listStored({ item, createdMs, updatedMs }: StoredItem): ListedItem {
  return { item, createdMs, updatedMs };
}

function listServed(item: Item): ListedItem {
  return { item: fromServedItem(item), createdMs: undefined, updatedMs: undefined };
}
