import { LIMITS } from '../../domain/limits.ts';
import { dequantizeRow } from '../../kernel/quantize.ts';
import { parseManifest } from '../../model/manifest.ts';
import { livePointer } from '../activate.ts';
import { decodeItems } from '../columns/item-bytes.ts';
import { decodeVectors } from '../format.ts';
import { loadManifest, readPart } from '../load.ts';
import type { SnapshotManifest } from '../manifest.ts';
import type { SnapshotStorage } from '../storage.ts';
import { MARKS, metadataOf, VectorSpace, type VectorIndex } from './vector-space.ts';
import type { VectorVersion, VectorVersions } from './vector-versions.ts';

/** Vectors of one call: what Vectorize takes. */
const VECTORS_AT_ONCE = 1_000;

export interface VectorSync {
  readonly tenant: string;
  readonly storage: SnapshotStorage;
  readonly index: VectorIndex;
  readonly versions: Pick<VectorVersions, 'all' | 'put' | 'forget'>;
}

/**
 * Brings the index some steps nearer to what is live: writes at most `LIMITS.vectorsPerSync` vectors of the live version, marks it once it is whole, and only then
 * takes out versions that are neither live nor the one before. Each step may be begun again.
 */
export async function syncVectors(sync: VectorSync): Promise<void> {
  const { storage, versions } = sync;
  const pointer = await livePointer(storage);
  if (!pointer) return;
  const known = await versions.all();
  const live = known.find(({ version }) => version === pointer.version);
  if (!live?.ready) return writeSome(await loadManifest(storage, pointer), live, sync);
  const kept = new Set([pointer.version, pointer.previous?.version]);
  for (const outdated of known.filter(({ version }) => !kept.has(version))) await remove(outdated, sync);
}

async function writeSome(
  manifest: SnapshotManifest,
  before: VectorVersion | undefined,
  { tenant, storage, index, versions }: VectorSync,
): Promise<void> {
  const { version } = manifest;
  const { items: count, encoder } = parseManifest(manifest.model);
  const space = new VectorSpace(tenant, version);
  const matrix = decodeVectors(await readPart(storage, manifest, 'vectors'), count, encoder.dims);
  const items = decodeItems(await readPart(storage, manifest, 'items'), count);
  const begin = before?.written ?? 0;
  const end = Math.min(count, begin + LIMITS.vectorsPerSync);
  for (let from = begin; from < end; from += VECTORS_AT_ONCE) {
    const rows = Array.from({ length: Math.min(VECTORS_AT_ONCE, end - from) }, (_, at) => from + at);
    await index.upsert(
      rows.map((row) => {
        const values = new Float32Array(encoder.dims);
        dequantizeRow(matrix, row, values, 0);
        return { id: space.idOf(row), namespace: space.namespace, values, metadata: metadataOf(items.at(row)) };
      }),
    );
    await versions.put({ version, items: count, written: from + rows.length, ready: false });
  }
  if (end < count) return;
  await index.upsert([{ id: space.mark, namespace: MARKS, values: new Float32Array(encoder.dims).fill(1) }]);
  await versions.put({ version, items: count, written: count, ready: true });
}

/** The mark goes first: what is not whole any more may not be taken for it. */
async function remove({ version, items }: VectorVersion, { tenant, index, versions }: VectorSync): Promise<void> {
  const space = new VectorSpace(tenant, version);
  await index.deleteByIds([space.mark]);
  for (let from = 0; from < items; from += VECTORS_AT_ONCE)
    await index.deleteByIds(Array.from({ length: Math.min(VECTORS_AT_ONCE, items - from) }, (_, at) => space.idOf(from + at)));
  await versions.forget(version);
}
