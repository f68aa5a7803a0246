import { buildSnapshot } from '../catalog/build.ts';
import type { StoredItem } from '../catalog/items/stored-item.ts';
import { fromServedItem } from '../catalog/items/served-item.ts';
import { loadSnapshot } from '../catalog/load.ts';
import { encodeJson, parsePointer } from '../catalog/manifest.ts';
import { refresh } from '../catalog/refresh/refresh.ts';
import type { Artefacts, Snapshot } from '../catalog/snapshot.ts';
import { POINTER_KEY, type WritableStorage } from '../catalog/storage.ts';
import type { ItemBehaviour } from '../domain/feedback.ts';
import type { Item } from '../domain/item.ts';
import { recommendTo } from '../recommend/recommend-to.ts';
import type { Engine } from '../recommend/serving.ts';

/** The version that the scheduled refresh makes of a model, of items that came after it, and of what users did with them. Rejects where it is refused. */
export async function refreshWith(
  artefacts: Artefacts,
  arrivals: readonly Item[],
  behaviours: readonly ItemBehaviour[],
  { openScanner }: Pick<Engine, 'openScanner'>,
): Promise<Snapshot> {
  const { entries, reference } = await buildSnapshot(artefacts, 0);
  const values = new Map(entries.map(({ key, value }) => [key, value]));
  values.set(POINTER_KEY, encodeJson({ ...reference, since: 0, previous: null }));
  const storage = storeIn(values);
  const writes = arrivals.map(toWrite);
  const outcome = await refresh((_, work) => work(), {
    storage,
    catalogue: {
      boundary: async () => writes.length,
      changesBetween: async (since, upTo, limit) => writes.slice(since, upTo).slice(0, limit),
    },
    behaviourOf: async (items) => behaviours.filter(({ item }) => items.includes(item)),
    openScanner,
    recommendTo: (histories, snapshot, atMs) => recommendTo(histories, snapshot, openScanner, atMs),
    nowMs: () => 0,
  });
  if (outcome.outcome === 'failed') throw new Error(`the refresh was refused: ${outcome.reason}`);
  return loadSnapshot(storage, parsePointer(values.get(POINTER_KEY)!));
}

function storeIn(values: Map<string, Uint8Array>): WritableStorage {
  return {
    read: async (key) => values.get(key)?.slice().buffer ?? null,
    write: async (key, value) => void values.set(key, value.slice()),
    delete: async (keys) => keys.forEach((key) => values.delete(key)),
    list: async (prefix) => [...values.keys()].filter((key) => key.startsWith(prefix)),
  };
}

function toWrite(item: Item, at: number): StoredItem {
  return { id: item.id, seq: at + 1, hash: String(at), item: fromServedItem(item), createdMs: undefined, updatedMs: 0 };
}
