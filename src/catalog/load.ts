import { joinBytes } from '../kernel/bytes.ts';
import { sha256 } from '../kernel/sha256.ts';
import { parseManifest } from '../model/manifest.ts';
import { decodeItems } from './columns/item-bytes.ts';
import { decodeNeighbours, decodeStatistics, decodeVectors, decodeWords, START_PART, type Part } from './format.ts';
import { parseSnapshotManifest, type SnapshotManifest, type SnapshotReference } from './manifest.ts';
import type { LaterPart, Snapshot } from './snapshot.ts';
import { manifestKey, shardKey, type SnapshotStorage } from './storage.ts';

/** Shards never change under their key. */
const SHARD_CACHE_SECONDS = 7 * 24 * 3600;

/** A version that is not whole, or is not what was published. */
export class SnapshotError extends Error {
  override name = 'SnapshotError';
}

/**
 * Reads all of a version that answers need and checks every byte of it; what they can do without is read, and checked, when somebody needs it.
 * Parts that are the same in `before`, a version as it was published, are taken from there. Rejects with what is missing or wrong; the caller keeps what it has.
 */
export async function loadSnapshot(storage: SnapshotStorage, reference: SnapshotReference, before?: Snapshot): Promise<Snapshot> {
  const { version } = reference;
  try {
    return await readSnapshot(storage, await loadManifest(storage, reference), before);
  } catch (cause) {
    return refuse(version, cause);
  }
}

function refuse(version: string, cause: unknown): never {
  throw new SnapshotError(`snapshot ${version} is refused: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
}

/** The same, and reads what is left for later too: for whoever decides whether a version may go live. */
export async function loadWholeSnapshot(storage: SnapshotStorage, reference: SnapshotReference): Promise<Snapshot> {
  const snapshot = await loadSnapshot(storage, reference);
  const { version, encoder, ranker, start } = snapshot;
  for (const part of [encoder, ranker, ...(start ? [start] : [])]) await part.read().catch((cause: unknown) => refuse(version, cause));
  return snapshot;
}

/** What a version is made of. Rejects where its manifest is missing or not what was published. */
export async function loadManifest(storage: SnapshotStorage, reference: SnapshotReference): Promise<SnapshotManifest> {
  return parseSnapshotManifest(await readManifest(storage, reference));
}

/** The bytes of the manifest that came with the reference, or else stand under its key. */
async function readManifest(storage: SnapshotStorage, { version, manifestSha256, manifest }: SnapshotReference): Promise<Uint8Array> {
  const key = manifestKey(version);
  return manifest === undefined
    ? readChecked(storage, key, manifestSha256)
    : check(new TextEncoder().encode(manifest), key, manifestSha256);
}

/** All shards are read at once, and every part is decoded as soon as it is there, while others are still on their way. */
async function readSnapshot(
  storage: SnapshotStorage,
  { version, upTo, model: unread, shards }: SnapshotManifest,
  before: Snapshot | undefined,
): Promise<Snapshot> {
  const model = parseManifest(unread);
  const count = model.items;
  const { dims } = model.encoder;
  const digests = digestsOf(shards);
  const fits = before && before.model.items === count && before.model.encoder.dims === dims ? before : undefined;
  const read = (part: Part) => readPart(storage, { version, shards }, part);
  /** The version to take a part from, where both have the same. */
  const having = (part: Part) => (fits?.digests.get(part) === digests.get(part) ? fits : undefined);
  const take = async <P extends Part & keyof Snapshot>(part: P, decode: (bytes: Uint8Array) => Snapshot[P]): Promise<Snapshot[P]> =>
    having(part)?.[part] ?? decode(await read(part));
  const decodeTable = (bytes: Uint8Array) => decodeNeighbours(bytes, count);
  const [items, vectors, rules, coVisits, texts, { statistics, byPopularity }, words] = await Promise.all([
    take('items', (bytes) => decodeItems(bytes, count)),
    take('vectors', (bytes) => decodeVectors(bytes, count, dims)),
    take('rules', decodeTable),
    take('coVisits', decodeTable),
    take('texts', decodeTable),
    having('statistics') ?? read('statistics').then((bytes) => decodeStatistics(bytes, count)),
    take('words', (bytes) => decodeWords(bytes, dims)),
  ]);
  const later = (wanted: Part): LaterPart | undefined => {
    const [first, ...others] = shards.filter(({ part }) => part === wanted);
    return first && { sha256: others.length === 0 ? first.sha256 : undefined, read: () => read(wanted) };
  };
  const [encoder, ranker, start] = [later('encoder'), later('ranker'), later(START_PART)];
  if (!encoder || !ranker) throw new Error('its manifest names no models');
  const tables = { rules, coVisits, texts };
  return {
    version,
    upTo,
    digests,
    model,
    items,
    rowOf: items.rowOf,
    vectors,
    ...tables,
    statistics,
    byPopularity,
    encoder,
    ranker,
    words,
    ...(start && { start }),
  };
}

/** By part, the checksums of its shards one after another. */
function digestsOf(shards: SnapshotManifest['shards']): ReadonlyMap<string, string> {
  return new Map([...Map.groupBy(shards, ({ part }) => part)].map(([part, of]) => [part, of.map(({ sha256: digest }) => digest).join()]));
}

/** The bytes of one part, checked. */
export async function readPart(
  storage: SnapshotStorage,
  manifest: Pick<SnapshotManifest, 'version' | 'shards'>,
  wanted: Part,
): Promise<Uint8Array> {
  const of = manifest.shards.filter(({ part }) => part === wanted);
  const contents = await Promise.all(
    of.map(({ part, index, sha256: expected }) => readChecked(storage, shardKey(manifest.version, part, index), expected)),
  );
  return contents.length === 1 ? contents[0]! : joinBytes(contents);
}

async function readChecked(storage: SnapshotStorage, key: string, expectedSha256: string): Promise<Uint8Array> {
  const value = await storage.read(key, SHARD_CACHE_SECONDS);
  if (!value) throw new Error(`${key} is missing`);
  return check(new Uint8Array(value), key, expectedSha256);
}

async function check(bytes: Uint8Array, key: string, expectedSha256: string): Promise<Uint8Array> {
  if ((await sha256(bytes)) !== expectedSha256) throw new Error(`${key} does not have the checksum it was published with`);
  return bytes;
}
