import { quantizeRows } from '../kernel/quantize.ts';
import { fitTextEncoder } from '../model/fit-text-encoder.ts';
import { sha256 } from '../kernel/sha256.ts';
import { encodeItems } from './columns/item-bytes.ts';
import { fitNeighbours } from './fit-neighbours.ts';
import { encodeNeighbours, encodeStatistics, encodeVectors, encodeWords, PARTS, START_PART, type Part } from './format.ts';
import { encodeJson, SNAPSHOT_FORMAT, type SnapshotManifest, type SnapshotReference } from './manifest.ts';
import type { Artefacts } from './snapshot.ts';
import { cutPart, sealManifest, versionName } from './shards.ts';
import { shardKey, type StorageEntry } from './storage.ts';

export interface BuiltSnapshot {
  readonly reference: SnapshotReference;
  readonly manifest: SnapshotManifest;
  /** All to be written before the pointer moves to `reference`. */
  readonly entries: readonly StorageEntry[];
  /** Tables of which only the heaviest neighbours were kept: how many of how many. */
  readonly shortened: readonly { readonly part: Part; readonly kept: number; readonly of: number }[];
}

/**
 * Turns artefacts into the values of one version: int8 vectors, the text encoder that
 * fits them, shards, checksums, manifest. The version is the time it was
 * made and a fingerprint of what is in it. Throws where the artefacts do not fit together.
 */
export async function buildSnapshot(given: Artefacts, nowMs: number, shardBytes?: number): Promise<BuiltSnapshot> {
  expectToFit(given);
  const artefacts = {
    ...given,
    rules: fitNeighbours(given.rules),
    coVisits: fitNeighbours(given.coVisits),
    texts: fitNeighbours(given.texts),
  };
  const parts = encodeParts(artefacts);
  const cut = (await Promise.all(parts.map(([part, bytes]) => cutPart(part, bytes, shardBytes)))).flat();
  const shards = cut.map(({ shard }) => shard);
  const fingerprint = await sha256(encodeJson([artefacts.model, shards]));
  const version = versionName(nowMs, fingerprint);
  const createdAt = new Date(nowMs).toISOString();
  const manifest: SnapshotManifest = { format: SNAPSHOT_FORMAT, version, createdAt, upTo: 0, model: artefacts.model, shards };
  const { reference, entry } = await sealManifest(manifest);
  const shortened = TABLES.flatMap((part) => {
    const [kept, of] = [artefacts[part].item.length, given[part].item.length];
    return kept < of ? [{ part, kept, of }] : [];
  });
  return {
    reference,
    manifest,
    shortened,
    entries: [...cut.map(({ shard: { part, index }, value }) => ({ key: shardKey(version, part, index), value })), entry],
  };
}

const TABLES = ['rules', 'coVisits', 'texts'] as const;

function encodeParts(artefacts: Artefacts): [Part, Uint8Array][] {
  const { model, items, vectors, rules, coVisits, texts, statistics, encoder, ranker, start } = artefacts;
  const parts = {
    items: encodeItems(items, items.length),
    vectors: encodeVectors(quantizeRows(vectors, items.length, model.encoder.dims)),
    rules: encodeNeighbours(rules),
    coVisits: encodeNeighbours(coVisits),
    texts: encodeNeighbours(texts),
    statistics: encodeStatistics(statistics),
    encoder,
    ranker,
    words: encodeWords(fitTextEncoder(items, vectors, statistics.popularity)),
  };
  return [...PARTS.map((part): [Part, Uint8Array] => [part, parts[part]]), ...(start ? [[START_PART, start] as [Part, Uint8Array]] : [])];
}

/** Throws unless every part is of the same items and every row that is named exists. */
function expectToFit({ model, items, vectors, rules, coVisits, texts, statistics }: Artefacts): void {
  const count = items.length;
  const { dims } = model.encoder;
  if (model.items !== count || vectors.length !== count * dims || statistics.popularity.length !== count) {
    throw new Error(
      `the model is of ${model.items} items, its files hold ${count} items, ${vectors.length / dims} vectors, ${statistics.popularity.length} counts`,
    );
  }
  if (new Set(items.map(({ id }) => id)).size !== count) throw new Error('two items have the same id');
  for (const { start, item, weight } of [rules, coVisits, texts]) {
    const entries = start[count];
    const whole = start.length === count + 1 && item.length === entries && weight.length === entries;
    if (!whole || item.some((row) => row >= count)) throw new Error(`a table of neighbours does not fit ${count} items`);
  }
}
