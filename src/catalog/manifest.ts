import * as v from 'valibot';
import { PARTS, START_PART } from './format.ts';

const Sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const Count = v.pipe(v.number(), v.integer(), v.minValue(0));

/** The layout in bytes that this build writes and reads; to be raised with every change of it. */
export const SNAPSHOT_FORMAT = 6;

/** Lists what a version is made of, so that a reader can tell a whole one from a partial one. */
const SnapshotManifest = v.object({
  format: v.literal(
    SNAPSHOT_FORMAT,
    ({ received }) => `it has layout ${received}, this build reads layout ${SNAPSHOT_FORMAT}: publish it again`,
  ),
  version: v.string(),
  createdAt: v.string(),
  /** The catalogue's writes up to this one are in it. */
  upTo: v.optional(Count, 0),
  /** So many rows, the first, are of items that the model was trained on; all if absent. */
  trained: v.optional(Count),
  /** A fingerprint of what was learned of the others from what users did. */
  lessons: v.optional(Sha256),
  /** The model's own manifest; read with `parseManifest`. */
  model: v.unknown(),
  shards: v.array(v.object({ part: v.picklist([...PARTS, START_PART]), index: Count, bytes: Count, sha256: Sha256 })),
});

/** Which version is live, and which was before it. */
const SnapshotPointer = v.object({
  version: v.string(),
  manifestSha256: Sha256,
  /** The manifest as it stands under its own key: a cold reader need not wait for a second read to know what to read. */
  manifest: v.optional(v.string()),
  /** The overlay tells of the writes after this one: what this version or the one before it lacks. */
  since: v.optional(Count, 0),
  previous: v.nullable(v.object({ version: v.string(), manifestSha256: Sha256 })),
});

export type SnapshotManifest = v.InferOutput<typeof SnapshotManifest>;
export type SnapshotPointer = v.InferOutput<typeof SnapshotPointer>;
export type SnapshotReference = Pick<SnapshotPointer, 'version' | 'manifestSha256' | 'manifest'>;

/** Both throw on anything that is not what they read. */
export const parseSnapshotManifest = (bytes: Uint8Array): SnapshotManifest => v.parse(SnapshotManifest, parseJson(bytes));
export const parsePointer = (bytes: Uint8Array): SnapshotPointer => v.parse(SnapshotPointer, parseJson(bytes));

export const encodeJson = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

function parseJson(bytes: Uint8Array): unknown {
  return JSON.parse(new TextDecoder().decode(bytes));
}
