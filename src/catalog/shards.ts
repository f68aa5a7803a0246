import { sha256 } from '../kernel/sha256.ts';
import type { Part } from './format.ts';
import type { SnapshotManifest, SnapshotReference } from './manifest.ts';
import { manifestKey, type StorageEntry } from './storage.ts';

/** A shard stays well below the 25 MiB that one KV value may hold. */
const SHARD_BYTES = 20 * 1024 * 1024;

type Shard = SnapshotManifest['shards'][number];

/** Cuts a part into the values that hold it, at least one, each with its line of the manifest. */
export async function cutPart(part: Part, bytes: Uint8Array, shardBytes = SHARD_BYTES): Promise<{ shard: Shard; value: Uint8Array }[]> {
  const cut: { shard: Shard; value: Uint8Array }[] = [];
  for (let index = 0, at = 0; index === 0 || at < bytes.length; index++, at += shardBytes) {
    const value = bytes.subarray(at, at + shardBytes);
    cut.push({ shard: { part, index, bytes: value.length, sha256: await sha256(value) }, value });
  }
  return cut;
}

/** The value of a manifest, and what a pointer says of it. */
export async function sealManifest(manifest: SnapshotManifest): Promise<{ reference: SnapshotReference; entry: StorageEntry }> {
  const text = JSON.stringify(manifest);
  const value = new TextEncoder().encode(text);
  const { version } = manifest;
  return { reference: { version, manifestSha256: await sha256(value), manifest: text }, entry: { key: manifestKey(version), value } };
}

/** When a version was made, in seconds' precision; NaN for a name that does not say. */
export function versionMs(version: string): number {
  return Date.parse(version.slice(0, 19).replace(/T(\d\d)-(\d\d)-(\d\d)$/, 'T$1:$2:$3Z'));
}

/** Versions begin with the time at which they were made, so their names sort by it. */
export function versionName(nowMs: number, fingerprint: string): string {
  return `${new Date(nowMs).toISOString().slice(0, 19).replaceAll(':', '-')}-${fingerprint.slice(0, 8)}`;
}
