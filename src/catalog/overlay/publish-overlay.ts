import { LIMITS } from '../../domain/limits.ts';
import type { Change } from '../amend/change.ts';
import type { RowOf } from '../columns/id-index.ts';
import type { Embed } from '../amend/embed.ts';
import { DELETED, type ChangeLog, type StoredItem } from '../items/stored-item.ts';
import { toServedItem } from '../items/served-item.ts';
import { parsePointer } from '../manifest.ts';
import { OVERLAY_KEY, POINTER_KEY, type WritableStorage } from '../storage.ts';
import { encodeOverlay, parseOverlay, type Overlay } from './overlay.ts';

export interface OverlaySources {
  readonly storage: WritableStorage;
  readonly catalogue: Pick<ChangeLog, 'changesSince' | 'withdrawnSince'>;
  /** Of the version that is served, made when it is first needed; undefined while none is. */
  readonly served: { readonly version: string; readonly rowOf: RowOf; readonly embed: () => Embed } | undefined;
}

/**
 * Brings the overlay up to what the catalogue says now, if it is not there yet, and returns it. It goes back to what the live version
 * and the one before it lack, so a reader of either is told all.
 */
export async function publishOverlay({ storage, catalogue, served }: OverlaySources): Promise<Overlay> {
  const [pointer, before] = await Promise.all([readPointer(storage), readOverlay(storage, 0)]);
  const since = pointer?.since ?? 0;
  const version = served?.version ?? '';
  const newest = await catalogue.changesSince(since, LIMITS.overlayItems);
  const upTo = newest[0]?.seq ?? since;
  if (before && before.version === version && before.since === since && before.upTo === upTo) return before;

  const known = new Map(before?.version === version ? before.changes.map((change) => [change.id, change]) : []);
  const changes = newest.map((stored): Change => {
    const old = known.get(stored.id);
    return old?.seq === stored.seq ? old : toChange(stored, served);
  });
  const overlay = { version, since, upTo, changes: [...changes, ...(await withdrawnBefore(newest, since, catalogue))] };
  await storage.write(OVERLAY_KEY, encodeOverlay(overlay));
  return overlay;
}

/** Whether the overlay tells less than the catalogue says now, or was made for another version than the live one. */
export async function isOverlayDue({ storage, catalogue }: Pick<OverlaySources, 'storage' | 'catalogue'>): Promise<boolean> {
  const [pointer, overlay] = await Promise.all([readPointer(storage), readOverlay(storage, 0)]);
  const since = pointer?.since ?? 0;
  const [newest] = await catalogue.changesSince(since, 1);
  return overlay?.version !== (pointer?.version ?? '') || overlay.since !== since || overlay.upTo !== (newest?.seq ?? since);
}

async function readPointer(storage: Pick<WritableStorage, 'read'>) {
  const value = await storage.read(POINTER_KEY, 0);
  return value ? parsePointer(new Uint8Array(value)) : undefined;
}

/** The overlay as it was published; undefined before the first. Rejects where it cannot be read: nobody may take that for no changes. */
export async function readOverlay(storage: Pick<WritableStorage, 'read'>, cacheSeconds: number): Promise<Overlay | undefined> {
  const value = await storage.read(OVERLAY_KEY, cacheSeconds);
  return value ? parseOverlay(new Uint8Array(value)) : undefined;
}

/** What a write means for answers; a new item is placed by its text if somebody knows how. */
export function toChange({ id, seq, hash, item, createdMs }: StoredItem, served?: OverlaySources['served']): Change {
  if (hash === DELETED) return { id, seq, item: null };
  const embedding = served && !served.rowOf.has(id) ? served.embed()(item) : undefined;
  return { id, seq, item: toServedItem(item, createdMs), ...(embedding ? { embedding } : {}) };
}

/** More changed than the overlay has room for: what may not be shown is told all the same, the rest waits for the next refresh. */
async function withdrawnBefore(newest: readonly StoredItem[], since: number, catalogue: OverlaySources['catalogue']): Promise<Change[]> {
  if (newest.length < LIMITS.overlayItems) return [];
  const withdrawn = await catalogue.withdrawnSince(since, newest.at(-1)!.seq, LIMITS.overlayWithdrawn);
  return withdrawn.map((change) => ({ ...change, item: null }));
}
