/** Snapshots in KV, as the command reaches them: through wrangler. */
import { loadSnapshot } from '../catalog/load.ts';
import type { Snapshot } from '../catalog/snapshot.ts';
import { commandLine } from '../domain/command.ts';
import { manifestKey, type WritableStorage } from '../catalog/storage.ts';
import { sha256 } from '../kernel/sha256.ts';
import { deleteAll, get, list, putAll, type KvTarget } from './kv.ts';

/** A version, read whole. Rejects where there is none of this name, or it is not what was published. */
export async function loadVersion(version: string, target: KvTarget): Promise<Snapshot> {
  const storage = storageOf(target);
  const value = await storage.read(manifestKey(version), 0);
  if (!value) throw new Error(`there is no snapshot ${version}: \`${commandLine('snapshots list', target)}\` lists them`);
  return loadSnapshot(storage, { version, manifestSha256: await sha256(new Uint8Array(value)) });
}

/** KV through wrangler as a store. */
export function storageOf(target: KvTarget): WritableStorage {
  return {
    read: async (key) => (await get(key, target))?.slice().buffer ?? null,
    write: (key, value) => putAll([{ key, value }], target),
    delete: (keys) => deleteAll(keys, target),
    list: (prefix) => list(prefix, target),
  };
}
