import { parseManifest } from '../model/manifest.ts';
import type { SnapshotManifest } from './manifest.ts';

/** A version as lists show it. */
export interface DescribedVersion {
  readonly version: string;
  readonly createdAt: string;
  /** The catalogue's writes up to this one are in it. */
  readonly upTo: number;
  readonly bytes: number;
  /** Of its model; null where this build cannot serve it, and `fault` says why. */
  readonly catalogue: string | null;
  readonly items: number | null;
  readonly fault?: string;
}

export function describeVersion({ version, createdAt, upTo, model, shards }: SnapshotManifest): DescribedVersion {
  const described = { version, createdAt, upTo, bytes: shards.reduce((sum, { bytes }) => sum + bytes, 0) };
  try {
    const { catalogue, items } = parseManifest(model);
    return { ...described, catalogue, items };
  } catch (cause) {
    return { ...described, catalogue: null, items: null, fault: (cause as Error).message };
  }
}
