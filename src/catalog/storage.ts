/** The part of Workers KV that reading a snapshot needs; a map in memory does as well. */
export interface SnapshotStorage {
  /** The value under `key`, or null. `cacheSeconds` is how long a copy near the reader may be used. Rejects when unreachable. */
  read(key: string, cacheSeconds: number): Promise<ArrayBuffer | null>;
}

/** A value to be written. */
export interface StorageEntry {
  readonly key: string;
  readonly value: Uint8Array;
}

/** Under this key stands which version is live. */
export const POINTER_KEY = 'snapshot/current';
export const manifestKey = (version: string) => `snapshot/${version}/manifest`;
export const shardKey = (version: string, part: string, index: number) => `snapshot/${version}/${part}.${index}`;
