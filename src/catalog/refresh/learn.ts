import { LIMITS } from '../../domain/limits.ts';
import { dequantizeRow, meanLength } from '../../kernel/quantize.ts';
import { sha256 } from '../../kernel/sha256.ts';
import { parseManifest } from '../../model/manifest.ts';
import { ItemTextEncoder } from '../../model/text-encoder.ts';
import { addedItems } from '../amend/amendment.ts';
import { textOf } from '../amend/embed.ts';
import { foldIn, type KnownItem, type Lesson } from '../amend/fold-in.ts';
import { decodeItems } from '../columns/item-bytes.ts';
import { decodeStatistics, decodeVectors, decodeWords } from '../format.ts';
import { fromServedItem } from '../items/served-item.ts';
import { loadManifest, readPart } from '../load.ts';
import { encodeJson } from '../manifest.ts';
import { shardKey } from '../storage.ts';
import { vectorFromText, vectorToText } from '../vector-text.ts';
import { readChanges } from './place-changes.ts';
import { newRowOf, readRows } from './row-plan.ts';
import type { RefreshPlan, RefreshTools } from './tools.ts';

/** Pages of lessons stand beside the parts of the version, and go with it. */
const lessonsKey = (version: string, page: number) => shardKey(version, 'lessons', page);

type StoredLesson = Omit<Lesson, 'vector'> & { readonly vector: string };

/** The first row, among those of items that no model was trained on, of which it is learned: of too many the newest. */
export function firstToLearn(items: number, trained: number): number {
  return Math.max(trained, items - LIMITS.learnedItems);
}

/**
 * Learns of one page of items, from row `from` of the new version on, what users did with them, and keeps it; returns how many items there was enough
 * to learn of, and a fingerprint of what they did.
 */
export async function learnPage(
  page: number,
  from: number,
  { pages, ...plan }: RefreshPlan & { readonly pages: number },
  tools: RefreshTools,
): Promise<{ lessons: number; sha256: string }> {
  const { storage } = tools;
  const { page: asked, length, itemOf } = await openKnown(from, { pages, ...plan }, tools);
  const behaviours = (await tools.behaviourOf([...asked.keys()])).filter(({ popularity }) => popularity >= LIMITS.learnedFrom);
  const lessons = behaviours.flatMap((behaviour): StoredLesson[] => {
    const lesson = foldIn(behaviour, asked.get(behaviour.item)!, length, itemOf);
    return lesson ? [{ ...lesson, vector: vectorToText(lesson.vector) }] : [];
  });
  await storage.write(lessonsKey(plan.version, page), encodeJson(lessons));
  return { lessons: lessons.length, sha256: await sha256(encodeJson(behaviours)) };
}

/** What was learned on all pages. */
export async function readLessons({ version }: RefreshPlan, pages: number, { storage }: RefreshTools): Promise<Lesson[]> {
  const lessons: Lesson[] = [];
  for (let page = 0; page < pages; page++) {
    const value = await storage.read(lessonsKey(version, page), 0);
    if (!value) throw new Error(`${lessonsKey(version, page)} is missing`);
    const stored = JSON.parse(new TextDecoder().decode(value)) as StoredLesson[];
    lessons.push(...stored.map((lesson) => ({ ...lesson, vector: vectorFromText(lesson.vector) })));
  }
  return lessons;
}

/** The items of a page with their rows and texts [dims], and what the live version knows of those that users came from. */
async function openKnown(from: number, { pages, ...plan }: RefreshPlan & { readonly pages: number }, tools: RefreshTools) {
  const { storage } = tools;
  const manifest = await loadManifest(storage, plan.base);
  const { items: count, encoder } = parseManifest(manifest.model);
  const items = decodeItems(await readPart(storage, manifest, 'items'), count);
  const vectors = decodeVectors(await readPart(storage, manifest, 'vectors'), count, encoder.dims);
  const { popularity } = decodeStatistics(await readPart(storage, manifest, 'statistics'), count).statistics;
  const words = new ItemTextEncoder(decodeWords(await readPart(storage, manifest, 'words'), encoder.dims));
  const { kept, trained } = await readRows(plan, tools);
  const changes = await readChanges(plan, pages, tools);
  const added = addedItems(items, changes);
  const changed = new Map(changes.flatMap(({ id, item }) => (item ? [[id, item] as const] : [])));
  const rowOf = newRowOf(items, kept, added);
  const rows = Array.from({ length: Math.min(LIMITS.learnedPage, kept.length + added.length - from) }, (_, at) => from + at);
  const page = new Map(
    rows.map((row) => {
      const old = kept[row] === undefined ? added[row - kept.length]!.item : items.at(kept[row]);
      const item = changed.get(old.id) ?? old;
      return [item.id, { row, text: words.encode(textOf(fromServedItem(item))) ?? new Float32Array(encoder.dims) }];
    }),
  );
  // Items that were learned of themselves teach nothing: what was learned would depend on the order in which it was.
  const itemOf = (id: string): KnownItem | undefined => {
    const row = rowOf.get(id);
    if (row === undefined || row >= trained) return undefined;
    const vector = new Float32Array(encoder.dims);
    dequantizeRow(vectors, kept[row]!, vector, 0);
    return { row, vector, popularity: popularity[kept[row]!]! };
  };
  return { page, length: meanLength(vectors, kept.subarray(0, trained)), itemOf };
}
