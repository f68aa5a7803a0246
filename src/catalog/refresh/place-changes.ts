import { LIMITS } from '../../domain/limits.ts';
import { dequantizeRow } from '../../kernel/quantize.ts';
import { parseManifest } from '../../model/manifest.ts';
import type { Change } from '../amend/change.ts';
import { embedByText, textOf } from '../amend/embed.ts';
import { textShare } from '../amend/fold-in.ts';
import { fromServedItem } from '../items/served-item.ts';
import type { StoredItem } from '../items/stored-item.ts';
import { decodeItems, decodeStatistics, decodeVectors, decodeWords } from '../format.ts';
import { loadManifest, readPart } from '../load.ts';
import { encodeOverlay, parseOverlay } from '../overlay/overlay.ts';
import { toChange } from '../overlay/publish-overlay.ts';
import { shardKey } from '../storage.ts';
import type { RefreshPlan, RefreshTools } from './tools.ts';

/** Pages of changes stand beside the parts of the version they make, and go with it. */
const pageKey = (version: string, page: number) => shardKey(version, 'changes', page);

/** Reads one page of changes out of the catalogue, places what is new or says something else, and keeps it; returns the number of its last write. */
export async function placeChanges(page: number, since: number, plan: RefreshPlan, tools: RefreshTools): Promise<number> {
  const { version } = plan;
  const stored = await tools.catalogue.changesBetween(since, plan.upTo, LIMITS.refreshPage);
  const upTo = stored.length < LIMITS.refreshPage ? plan.upTo : stored.at(-1)!.seq;
  const place = await openPlacing(plan, tools);
  await tools.storage.write(pageKey(version, page), encodeOverlay({ version, since, upTo, changes: stored.map(place) }));
  return upTo;
}

/** All changes that were placed. */
export async function readChanges({ version }: RefreshPlan, pages: number, { storage }: RefreshTools): Promise<Change[]> {
  const changes: Change[] = [];
  for (let page = 0; page < pages; page++) {
    const value = await storage.read(pageKey(version, page), 0);
    if (!value) throw new Error(`${pageKey(version, page)} is missing`);
    changes.push(...parseOverlay(new Uint8Array(value)).changes);
  }
  return changes;
}

async function openPlacing({ base }: RefreshPlan, { storage }: RefreshTools): Promise<(stored: StoredItem) => Change> {
  const manifest = await loadManifest(storage, base);
  const { items: count, encoder } = parseManifest(manifest.model);
  const items = decodeItems(await readPart(storage, manifest, 'items'), count);
  const vectors = decodeVectors(await readPart(storage, manifest, 'vectors'), count, encoder.dims);
  const words = decodeWords(await readPart(storage, manifest, 'words'), encoder.dims);
  const { popularity } = decodeStatistics(await readPart(storage, manifest, 'statistics'), count).statistics;
  const { trained = count } = manifest;
  const rowOf = new Map(items.map(({ id }, row) => [id, row]));
  const embed = embedByText({ items, vectors, words });
  const served = { version: base.version, rowOf, embed: () => embed };
  return (stored) => {
    const change = toChange(stored, served);
    const row = rowOf.get(stored.id);
    if (row === undefined || !change.item || textOf(change.item, {}) === textOf(items[row]!, {})) return change;
    const now = embed(stored.item);
    if (!now) return change;
    const near = now.near.filter(([id]) => id !== stored.id);
    if (row >= trained) return { ...change, embedding: { vector: now.vector, near } };
    // What behaviour taught of it stays: only what its old text is worth is taken out, and what the new one is worth put in.
    const vector = new Float32Array(encoder.dims);
    dequantizeRow(vectors, row, vector, 0);
    const before = embed(fromServedItem(items[row]!))?.vector;
    const share = textShare(popularity[row]!);
    return { ...change, embedding: { vector: vector.map((value, d) => value + share * (now.vector[d]! - (before?.[d] ?? 0))), near } };
  };
}
