import type { CatalogueItem } from '../../domain/catalogue-item.ts';
import { LIMITS } from '../../domain/limits.ts';
import { dequantizeRow } from '../../kernel/quantize.ts';
import { parseManifest } from '../../model/manifest.ts';
import { ItemTextEncoder } from '../../model/text-encoder.ts';
import type { Change } from '../amend/change.ts';
import { embedBy, textOf } from '../amend/embed.ts';
import { textShare } from '../amend/fold-in.ts';
import { fromServedItem } from '../items/served-item.ts';
import { DELETED, type StoredItem } from '../items/stored-item.ts';
import { decodeItems } from '../columns/item-bytes.ts';
import { decodeStatistics, decodeVectors, decodeWords } from '../format.ts';
import { loadManifest, readPart } from '../load.ts';
import { encodeOverlay, parseOverlay } from '../overlay/overlay.ts';
import { toChange } from '../overlay/publish-overlay.ts';
import { shardKey } from '../storage.ts';
import { directionsOf, type Fallback } from './text-map.ts';
import type { RefreshPlan, RefreshTools } from './tools.ts';

/** Pages of changes stand beside the parts of the version they make, and go with it. */
const pageKey = (version: string, page: number) => shardKey(version, 'changes', page);

/**
 * Reads one page of changes out of the catalogue, places what is new or says something else, and keeps it; returns the number of its last write, and why
 * its texts were not read by the endpoint, if they should have been.
 */
export async function placeChanges(
  page: number,
  since: number,
  plan: RefreshPlan,
  tools: RefreshTools,
): Promise<Fallback & { readonly upTo: number }> {
  const { version } = plan;
  const stored = await tools.catalogue.changesBetween(since, plan.upTo, LIMITS.refreshPage);
  const upTo = stored.length < LIMITS.refreshPage ? plan.upTo : stored.at(-1)!.seq;
  const { changes, fallback } = await place(stored, plan, tools);
  await tools.storage.write(pageKey(version, page), encodeOverlay({ version, since, upTo, changes }));
  return { upTo, ...(fallback === undefined ? {} : { fallback }) };
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

async function place(
  stored: readonly StoredItem[],
  plan: RefreshPlan,
  tools: RefreshTools,
): Promise<Fallback & { readonly changes: Change[] }> {
  const { storage } = tools;
  const manifest = await loadManifest(storage, plan.base);
  const { items: count, encoder } = parseManifest(manifest.model);
  const items = decodeItems(await readPart(storage, manifest, 'items'), count);
  const vectors = decodeVectors(await readPart(storage, manifest, 'vectors'), count, encoder.dims);
  const words = new ItemTextEncoder(decodeWords(await readPart(storage, manifest, 'words'), encoder.dims));
  const { popularity } = decodeStatistics(await readPart(storage, manifest, 'statistics'), count).statistics;
  const { trained = count } = manifest;
  const { rowOf } = items;
  /** What an item said before; undefined for one that is new. The live version has no descriptions. */
  const before = ({ id }: StoredItem) => {
    const row = rowOf.get(id);
    return row === undefined ? undefined : { row, item: fromServedItem(items.at(row)) };
  };
  const saysOther = (item: CatalogueItem, old: CatalogueItem) => textOf({ ...item, description: '' }) !== textOf(old);

  const texts = stored.flatMap((change) => {
    const old = before(change);
    if (change.hash === DELETED || (old && !saysOther(change.item, old.item))) return [];
    return [textOf(change.item), ...(old && old.row < trained ? [textOf(old.item)] : [])];
  });
  const { directions, fallback } = await directionsOf([...new Set(texts)], words, plan, tools);
  const embed = embedBy((text) => directions.get(text), { items, vectors });
  const served = { version: plan.base.version, rowOf, embed: () => embed };

  const changes = stored.map((write): Change => {
    const change = toChange(write, served);
    const old = before(write);
    if (!old || !change.item || !saysOther(write.item, old.item)) return change;
    const now = embed(write.item);
    if (!now) return change;
    const near = now.near.filter(([id]) => id !== write.id);
    if (old.row >= trained) return { ...change, embedding: { vector: now.vector, near } };
    // What behaviour taught of it stays: what its old text is worth is taken out, and what the new one is worth put in.
    const then = embed(old.item)?.vector;
    const share = textShare(popularity[old.row]!);
    const vector = new Float32Array(encoder.dims);
    dequantizeRow(vectors, old.row, vector, 0);
    return { ...change, embedding: { vector: vector.map((value, d) => value + share * (now.vector[d]! - (then?.[d] ?? 0))), near } };
  });
  return { changes, ...(fallback === undefined ? {} : { fallback }) };
}
