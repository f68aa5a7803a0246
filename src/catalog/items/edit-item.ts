import type { CatalogueItem } from '../../domain/catalogue-item.ts';
import { EdgewiseError } from '../../domain/errors.ts';
import type { Item } from '../../domain/item.ts';
import { LIMITS } from '../../domain/limits.ts';
import type { Catalogue } from './catalogue.ts';
import { DELETED, type StoredItem } from './stored-item.ts';
import { contentHash } from './content-hash.ts';
import { mergePatch } from './merge-patch.ts';
import { parseItem } from './parse-item.ts';
import { fromServedItem } from './served-item.ts';

/** An item as a client sees it. */
export interface ShownItem {
  readonly item: CatalogueItem;
  /** Of what it says; of the same content always the same. */
  readonly hash: string;
  readonly createdMs: number | undefined;
  /** Undefined for an item that only the snapshot has. */
  readonly updatedMs: number | undefined;
}

/** Where items are looked for: in the catalogue, and what that was never told of in the snapshot. */
export interface ItemSource {
  readonly catalogue: Pick<Catalogue, 'read' | 'write'>;
  readonly servedItem: (id: string) => Item | undefined;
}

/** What is said where there is no item of this id, which stands at `path` of a request. */
export function noItem(id: string, path = 'id'): EdgewiseError {
  return new EdgewiseError('item_not_found', `The catalogue has no item "${id}".`, { path });
}

/** Which content a client means to change; any if undefined. */
export type Expected = ReadonlySet<string> | undefined;

/** The item of this id. Throws `item_not_found`. */
export async function readItem(id: string, { catalogue, servedItem }: ItemSource): Promise<ShownItem> {
  const stored = await catalogue.read(id);
  if (stored && stored.hash !== DELETED) return stored;
  const served = stored ? undefined : servedItem(id);
  if (!served) throw noItem(id);
  const item = fromServedItem(served);
  return { item, hash: await contentHash(item), createdMs: undefined, updatedMs: undefined };
}

/**
 * Changes what a JSON merge patch (RFC 7396) names. Throws `item_not_found`, `item_changed` where the item is not what the client `expected`,
 * `item_contended` where others never cease to change it, `invalid_request` where it would be no item any more.
 */
export function patchItem(
  id: string,
  patch: object,
  expected: Expected,
  source: ItemSource,
  nowMs: number,
): Promise<StoredItem | ShownItem> {
  return editItem(id, expected, source, nowMs, async ({ item }) => {
    const changed = parseItem(mergePatch(item, patch));
    if ('refusal' in changed) {
      const { path, message } = changed.refusal;
      throw new EdgewiseError('invalid_request', path ? `${path}: ${message}` : message, path ? { path } : {});
    }
    if (changed.id !== id) throw new EdgewiseError('invalid_request', 'An item keeps its id: put a new one instead.', { path: 'id' });
    return { item: changed, hash: await contentHash(changed) };
  });
}

/** Deletes an item. Throws `item_not_found`, `item_changed` where it is not what the client `expected`, or `item_contended`. */
export async function deleteItem(id: string, expected: Expected, source: ItemSource, nowMs: number): Promise<StoredItem> {
  const deleted = await editItem(id, expected, source, nowMs, async ({ item }) => ({ item, hash: DELETED }));
  if (!('seq' in deleted)) throw new Error('an item that was there has the hash of a deleted one');
  return deleted;
}

/** Reads, changes and writes an item, anew where another wrote it in between. */
async function editItem(
  id: string,
  expected: Expected,
  source: ItemSource,
  nowMs: number,
  change: (before: ShownItem) => Promise<{ item: CatalogueItem; hash: string }>,
): Promise<StoredItem | ShownItem> {
  for (let attempt = 0; attempt < LIMITS.patchAttempts; attempt++) {
    const before = await readItem(id, source);
    if (expected && !expected.has(before.hash))
      throw new EdgewiseError('item_changed', 'The item is not what If-Match says any more: read it again, then decide.');
    const { item, hash } = await change(before);
    if (hash === before.hash) return before;
    const [written] = await source.catalogue.write([{ item, hash, createdMs: before.createdMs }], nowMs, before.hash);
    if (written) return written;
  }
  throw new EdgewiseError('item_contended', 'Others keep changing this item. Try again.');
}
