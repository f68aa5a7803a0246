/** The part of Workers KV that reading a snapshot needs; a map in memory does as well. */
export interface SnapshotStorage {
  /** The value under `key`, or null. `cacheSeconds` is how long a copy near the reader may be used. Rejects when unreachable. */
  read(key: string, cacheSeconds: number): Promise<ArrayBuffer | null>;
}

/** The same for whoever publishes. */
export interface WritableStorage extends SnapshotStorage {
  write(key: string, value: Uint8Array): Promise<void>;
  /** Deletes values; keys that are not there do not matter. */
  delete(keys: readonly string[]): Promise<void>;
  /** The keys that begin with `prefix`. */
  list(prefix: string): Promise<string[]>;
}

/** A value to be written. */
export interface StorageEntry {
  readonly key: string;
  readonly value: Uint8Array;
}

export const SNAPSHOT_PREFIX = 'snapshot/';
/** Under this key stands which version is live. */
export const POINTER_KEY = `${SNAPSHOT_PREFIX}current`;
/** And under this one what changed since. */
export const OVERLAY_KEY = `${SNAPSHOT_PREFIX}overlay`;
export const manifestKey = (version: string) => `${SNAPSHOT_PREFIX}${version}/manifest`;
export const shardKey = (version: string, part: string, index: number) => `${SNAPSHOT_PREFIX}${version}/${part}.${index}`;
/** What was measured of a version beside the one that was live. */
export const shadowKey = (version: string) => `${SNAPSHOT_PREFIX}${version}/shadow`;
/** The version that a key belongs to; undefined for the pointer and the overlay. */
export const versionOf = (key: string) => /^snapshot\/(.+)\/[^/]+$/.exec(key)?.[1];
