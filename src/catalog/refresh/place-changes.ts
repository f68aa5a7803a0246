import { LIMITS } from '../../domain/limits.ts';
import type { Change } from '../amend/change.ts';
import { embedByText } from '../amend/embed.ts';
import { decodeItems, decodeVectors, decodeWords } from '../format.ts';
import { loadManifest, readPart } from '../load.ts';
import { encodeOverlay, parseOverlay } from '../overlay/overlay.ts';
import { toChange } from '../overlay/publish-overlay.ts';
import { parseManifest } from '../../model/manifest.ts';
import { shardKey } from '../storage.ts';
import type { RefreshPlan, RefreshTools } from './tools.ts';

/** Pages of changes stand beside the parts of the version they make, and go with it. */
const pageKey = (version: string, page: number) => shardKey(version, 'changes', page);

/** Reads one page of changes out of the catalogue, places the new items of it and keeps it; returns the number of its last write. */
export async function placeChanges(page: number, since: number, plan: RefreshPlan, { storage, catalogue }: RefreshTools): Promise<number> {
  const { base, version } = plan;
  const stored = await catalogue.changesBetween(since, plan.upTo, LIMITS.refreshPage);
  const upTo = stored.length < LIMITS.refreshPage ? plan.upTo : stored.at(-1)!.seq;
  const manifest = await loadManifest(storage, base);
  const model = parseManifest(manifest.model);
  const items = decodeItems(await readPart(storage, manifest, 'items'), model.items);
  const vectors = decodeVectors(await readPart(storage, manifest, 'vectors'), model.items, model.encoder.dims);
  const words = decodeWords(await readPart(storage, manifest, 'words'), model.encoder.dims);
  const embed = embedByText({ items, vectors, words });
  const served = { version: base.version, rowOf: new Map(items.map(({ id }, row) => [id, row])), embed: () => embed };
  const changes = stored.map((item) => toChange(item, served));
  await storage.write(pageKey(version, page), encodeOverlay({ version, since, upTo, changes }));
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
