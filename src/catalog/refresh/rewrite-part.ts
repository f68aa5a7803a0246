import { parseManifest } from '../../model/manifest.ts';
import { amendNeighbours, textEdges } from '../amend/amend-neighbours.ts';
import { amendItems, amendStatistics, amendVectors } from '../amend/amend-parts.ts';
import { amendWithout, type Amendment } from '../amend/amendment.ts';
import {
  decodeItems,
  decodeNeighbours,
  decodeStatistics,
  decodeVectors,
  encodeItems,
  encodeNeighbours,
  encodeStatistics,
  encodeVectors,
  START_PART,
  type Part,
} from '../format.ts';
import { loadManifest, readPart } from '../load.ts';
import type { SnapshotManifest } from '../manifest.ts';
import { cutPart } from '../shards.ts';
import { shardKey } from '../storage.ts';
import { readChanges } from './place-changes.ts';
import type { RefreshPlan, RefreshTools } from './tools.ts';

/**
 * Writes one part of the new version, made of the same part of the old one and of what changed; nothing where the old one does without it.
 * The same again writes the same.
 */
export async function rewritePart(part: Part, pages: number, plan: RefreshPlan, tools: RefreshTools): Promise<SnapshotManifest['shards']> {
  const { storage } = tools;
  const manifest = await loadManifest(storage, plan.base);
  if (!manifest.shards.some((shard) => shard.part === part)) return [];
  const { items: count, encoder } = parseManifest(manifest.model);
  const items = decodeItems(await readPart(storage, manifest, 'items'), count);
  const rowOf = new Map(items.map(({ id }, row) => [id, row]));
  const amendment = amendWithout(items, rowOf, await readChanges(plan, pages, tools));
  const old = part === 'items' ? undefined : await readPart(storage, manifest, part);
  const bytes = old ? amendPart(part, old, { count, dims: encoder.dims }, items, amendment) : encodeItems(amendItems(items, amendment));
  const cut = await cutPart(part, bytes);
  for (const { shard, value } of cut) await storage.write(shardKey(plan.version, part, shard.index), value);
  return cut.map(({ shard }) => shard);
}

function amendPart(
  part: Part,
  bytes: Uint8Array,
  { count, dims }: { count: number; dims: number },
  items: Parameters<typeof amendItems>[0],
  amendment: Amendment,
): Uint8Array {
  switch (part) {
    case 'vectors':
      return encodeVectors(amendVectors(decodeVectors(bytes, count, dims), amendment));
    case 'rules':
    case 'coVisits':
      return encodeNeighbours(amendNeighbours(decodeNeighbours(bytes, count), amendment));
    case 'texts': {
      const rowOf = new Map(amendItems(items, amendment).map(({ id }, row) => [id, row]));
      return encodeNeighbours(amendNeighbours(decodeNeighbours(bytes, count), amendment, textEdges(amendment, rowOf)));
    }
    case 'statistics': {
      const { statistics, byPopularity } = decodeStatistics(bytes, count);
      return encodeStatistics(amendStatistics(statistics, byPopularity, amendment));
    }
    case 'items':
    case 'encoder':
    case 'ranker':
    case 'words': // what a word means is learned in training
    case START_PART: // of the same two models
      return bytes;
  }
}
