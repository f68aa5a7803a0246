import { encodeJson, parsePointer, type SnapshotPointer, type SnapshotReference } from '../manifest.ts';
import { POINTER_KEY, SNAPSHOT_PREFIX, versionOf, type WritableStorage } from '../storage.ts';
import { outdatedKeys } from '../versions.ts';
import { RefreshRefused, type RefreshPlan } from './tools.ts';

/** Makes a version live, if what it was made of still is; nothing if it is live already. */
export async function goLive(reference: SnapshotReference, { base, since }: RefreshPlan, storage: WritableStorage): Promise<void> {
  const live = await readPointer(storage);
  if (live.version === reference.version) return;
  if (live.version !== base.version) throw new RefreshRefused(`${live.version} went live meanwhile: the next refresh begins with it`);
  const previous = { version: base.version, manifestSha256: base.manifestSha256 };
  await storage.write(POINTER_KEY, encodeJson({ ...reference, since, previous }));
}

/** Deletes versions that are kept no longer. */
export async function collectVersions(storage: WritableStorage): Promise<number> {
  const outdated = outdatedKeys(await storage.list(SNAPSHOT_PREFIX), await readPointer(storage));
  await storage.delete(outdated);
  return outdated.length;
}

/** Deletes what was written of a version that did not go live. */
export async function discardVersion(version: string, storage: WritableStorage): Promise<void> {
  if ((await readPointer(storage)).version === version) return;
  await storage.delete((await storage.list(SNAPSHOT_PREFIX)).filter((key) => versionOf(key) === version));
}

async function readPointer(storage: WritableStorage): Promise<SnapshotPointer> {
  const value = await storage.read(POINTER_KEY, 0);
  if (!value) throw new RefreshRefused('no snapshot is published any more');
  return parsePointer(new Uint8Array(value));
}
