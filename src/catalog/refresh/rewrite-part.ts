import { parseManifest } from '../../model/manifest.ts';
import type { Neighbours } from '../../model/neighbours.ts';
import { amendNeighbours, bothWays } from '../amend/amend-neighbours.ts';
import { amendItems, amendStatistics, amendVectors } from '../amend/amend-parts.ts';
import { amendWithout } from '../amend/amendment.ts';
import { decodeItems, encodeItems } from '../columns/item-bytes.ts';
import {
  decodeNeighbours,
  decodeStatistics,
  decodeVectors,
  encodeNeighbours,
  encodeStatistics,
  encodeVectors,
  START_PART,
  type Part,
} from '../format.ts';
import { fitNeighbours } from '../fit-neighbours.ts';
import { loadManifest, readPart } from '../load.ts';
import type { SnapshotManifest } from '../manifest.ts';
import { cutPart } from '../shards.ts';
import { shardKey } from '../storage.ts';
import { readLessons } from './learn.ts';
import { readChanges } from './place-changes.ts';
import { readRows } from './row-plan.ts';
import type { RefreshPlan, RefreshTools } from './tools.ts';

/** How many pages the steps before wrote of each. */
export interface Pages {
  readonly changes: number;
  readonly lessons: number;
}

/**
 * Writes one part of the new version, made of the same part of the old one and of what changed, and reads no other part; nothing where the old one does
 * without it. The same again writes the same.
 */
export async function rewritePart(part: Part, pages: Pages, plan: RefreshPlan, tools: RefreshTools): Promise<SnapshotManifest['shards']> {
  const { storage } = tools;
  const manifest = await loadManifest(storage, plan.base);
  if (!manifest.shards.some((shard) => shard.part === part)) return [];
  const bytes = await amendPart(part, await readPart(storage, manifest, part), parseManifest(manifest.model), pages, plan, tools);
  const cut = await cutPart(part, bytes);
  for (const { shard, value } of cut) await storage.write(shardKey(plan.version, part, shard.index), value);
  return cut.map(({ shard }) => shard);
}

async function amendPart(
  part: Part,
  bytes: Uint8Array,
  { items: count, encoder }: Pick<ReturnType<typeof parseManifest>, 'items' | 'encoder'>,
  pages: Pages,
  plan: RefreshPlan,
  tools: RefreshTools,
): Promise<Uint8Array> {
  const rows = () => readRows(plan, tools);
  const lessons = () => readLessons(plan, pages.lessons, tools);
  switch (part) {
    case 'items': {
      const items = decodeItems(bytes, count);
      const amendment = amendWithout(items, await readChanges(plan, pages.changes, tools));
      return encodeItems(amendItems(items, amendment), amendment.kept.length + amendment.added.length);
    }
    case 'vectors': {
      const planned = await rows();
      const placed = new Map(Array.from(planned.placed, ([row, { vector }]) => [row, vector]));
      for (const { row, vector } of await lessons()) placed.set(row, vector);
      return encodeVectors(amendVectors(decodeVectors(bytes, count, encoder.dims), planned, placed));
    }
    case 'rules': {
      const learned = await lessons();
      const edges = learned.flatMap(({ row, rules }) => rules.map(([from, weight]) => [from, row, weight] as const));
      return encodeFitting(amendNeighbours(decodeNeighbours(bytes, count), await rows(), edges, new Set(learned.map(({ row }) => row))));
    }
    case 'coVisits': // weights of a linear model, which only training can fit
      return encodeFitting(amendNeighbours(decodeNeighbours(bytes, count), await rows()));
    case 'texts': {
      const planned = await rows();
      const edges = Array.from(planned.placed, ([row, { near }]) => bothWays(row, near)).flat();
      return encodeFitting(amendNeighbours(decodeNeighbours(bytes, count), planned, edges, new Set(planned.placed.keys())));
    }
    case 'statistics': {
      const { statistics, byPopularity } = decodeStatistics(bytes, count);
      const amended = amendStatistics(statistics, byPopularity, await rows());
      for (const { row, popularity } of await lessons()) amended.popularity[row] = Math.max(amended.popularity[row]!, popularity);
      return encodeStatistics(amended);
    }
    case 'encoder':
    case 'ranker':
    case 'words': // what a word means is learned in training
    case START_PART: // of the same two models
      return bytes;
  }
}

const encodeFitting = (table: Neighbours): Uint8Array => encodeNeighbours(fitNeighbours(table));
