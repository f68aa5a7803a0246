import { EdgewiseError } from '../domain/errors.ts';
import { sha256 } from '../kernel/sha256.ts';
import { loadManifest, loadWholeSnapshot } from './load.ts';
import { encodeJson, parsePointer, type SnapshotManifest, type SnapshotPointer } from './manifest.ts';
import { manifestKey, POINTER_KEY, SNAPSHOT_PREFIX, type SnapshotStorage, type WritableStorage } from './storage.ts';
import { versionsIn } from './versions.ts';

/** Which version is live; undefined before the first. */
export async function livePointer(storage: SnapshotStorage): Promise<SnapshotPointer | undefined> {
  const value = await storage.read(POINTER_KEY, 0);
  return value ? parsePointer(new Uint8Array(value)) : undefined;
}

/** What the versions in the store are made of, newest first; one without a manifest is not whole and is left out. */
export async function listVersions(storage: WritableStorage): Promise<SnapshotManifest[]> {
  const manifests: SnapshotManifest[] = [];
  for (const version of versionsIn(await storage.list(SNAPSHOT_PREFIX))) {
    const found = await findVersion(version, storage);
    if (found) manifests.push(await loadManifest(storage, found));
  }
  return manifests;
}

/**
 * Makes a version live that stands in the store, an older one too: that is a roll-back. It is read whole first. Throws
 * `snapshot_not_found`, or `snapshot_damaged` where it is not what was published; the live version stays.
 */
export async function activateVersion(version: string, storage: WritableStorage): Promise<SnapshotPointer> {
  const live = await livePointer(storage);
  if (live?.version === version) return live;
  const reference = await findVersion(version, storage);
  if (!reference)
    throw new EdgewiseError('snapshot_not_found', `There is no snapshot "${version}": GET /v1/snapshots lists them.`, { path: 'version' });
  const { upTo } = await loadWholeSnapshot(storage, reference).catch((cause: Error) => {
    throw new EdgewiseError('snapshot_damaged', cause.message, { cause });
  });
  const liveUpTo = live ? (await loadManifest(storage, live)).upTo : upTo;
  const previous = live ? { version: live.version, manifestSha256: live.manifestSha256 } : null;
  const pointer = { ...reference, since: Math.min(upTo, liveUpTo), previous };
  await storage.write(POINTER_KEY, encodeJson(pointer));
  return pointer;
}

async function findVersion(version: string, storage: SnapshotStorage) {
  const value = await storage.read(manifestKey(version), 0);
  if (!value) return undefined;
  const bytes = new Uint8Array(value);
  return { version, manifestSha256: await sha256(bytes), manifest: new TextDecoder().decode(bytes) };
}
