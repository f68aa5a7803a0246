import { LIMITS } from '../domain/limits.ts';
import type { SnapshotPointer } from './manifest.ts';
import { versionOf } from './storage.ts';

/** Versions that stand in the store, whole or not, newest first: their names begin with the time at which they were made. */
export function versionsIn(keys: readonly string[]): string[] {
  return [...new Set(keys.flatMap((key) => versionOf(key) ?? []))].sort().reverse();
}

/** Keys of versions that are kept no longer: all but the newest `LIMITS.versionsKept`, the live one and the one before it. */
export function outdatedKeys(keys: readonly string[], { version, previous }: Pick<SnapshotPointer, 'version' | 'previous'>): string[] {
  const kept = new Set([version, previous?.version, ...versionsIn(keys).slice(0, LIMITS.versionsKept)]);
  return keys.filter((key) => versionOf(key) !== undefined && !kept.has(versionOf(key)));
}
