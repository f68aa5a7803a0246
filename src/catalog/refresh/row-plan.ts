import type { Change } from '../amend/change.ts';
import type { RowChange } from '../amend/amendment.ts';
import { nearRows } from '../amend/amend-neighbours.ts';
import { decodeItems } from '../format.ts';
import { loadManifest, readPart } from '../load.ts';
import { encodeJson } from '../manifest.ts';
import { parseManifest } from '../../model/manifest.ts';
import { shardKey } from '../storage.ts';
import { vectorFromText, vectorToText } from '../vector-text.ts';
import { readChanges } from './place-changes.ts';
import type { RefreshPlan, RefreshTools } from './tools.ts';

/** Stands beside the parts of the version, and goes with it. */
const rowsKey = (version: string) => shardKey(version, 'rows', 0);

/** Where an item stands by its text: [row of the new version, vector, rows that say the same, their cosines]. */
type Placed = readonly [row: number, vector: string, near: readonly number[], cosines: readonly number[]];

/** What the writes mean for rows: all that a part needs to know but the items. */
interface StoredRows {
  readonly count: number;
  readonly gone: readonly number[];
  readonly added: number;
  readonly trained: number;
  readonly placed: readonly Placed[];
}

/** The same, read. */
export interface RowPlan extends RowChange {
  /** So many rows of the new version, the first, are of items that the model was trained on. */
  readonly trained: number;
  /** Vectors and near items of rows of the new version that are new or say something else. */
  readonly placed: ReadonlyMap<number, { readonly vector: Float32Array; readonly near: readonly (readonly [number, number])[] }>;
}

/** Works out which rows go, stay and come, once for all parts; returns how many of the new version there are, and how many of them the model was trained on. */
export async function planRows(pages: number, plan: RefreshPlan, tools: RefreshTools): Promise<{ items: number; trained: number }> {
  const { storage } = tools;
  const manifest = await loadManifest(storage, plan.base);
  const count = parseManifest(manifest.model).items;
  const items = decodeItems(await readPart(storage, manifest, 'items'), count);
  const rows = matchRows(
    items.map(({ id }) => id),
    manifest.trained ?? count,
    await readChanges(plan, pages, tools),
  );
  await storage.write(rowsKey(plan.version), encodeJson(rows));
  return { items: count - rows.gone.length + rows.added, trained: rows.trained };
}

function matchRows(ids: readonly string[], trained: number, changes: readonly Change[]): StoredRows {
  const oldRowOf = new Map(ids.map((id, row) => [id, row]));
  const gone = changes.flatMap(({ id, item }) => (item === null ? (oldRowOf.get(id) ?? []) : [])).sort((a, b) => a - b);
  const isGone = new Set(gone);
  const kept = ids.filter((_, row) => !isGone.has(row));
  const added = changes.flatMap(({ id, item }) => (item && !oldRowOf.has(id) ? [id] : []));
  const rowOf = new Map([...kept, ...added].map((id, row) => [id, row]));
  const placed = changes.flatMap(({ id, item, embedding }): Placed[] => {
    if (!item || !embedding) return [];
    const near = nearRows(embedding.near, rowOf);
    return [[rowOf.get(id)!, vectorToText(embedding.vector), near.map(([row]) => row), near.map(([, cosine]) => cosine)]];
  });
  return { count: ids.length, gone, added: added.length, trained: trained - gone.filter((row) => row < trained).length, placed };
}

/** What `planRows` wrote. */
export async function readRows({ version }: RefreshPlan, { storage }: RefreshTools): Promise<RowPlan> {
  const value = await storage.read(rowsKey(version), 0);
  if (!value) throw new Error(`${rowsKey(version)} is missing`);
  const { count, gone, added, trained, placed } = JSON.parse(new TextDecoder().decode(value)) as StoredRows;
  const isGone = new Set(gone);
  return {
    kept: Uint32Array.from({ length: count }, (_, row) => row).filter((row) => !isGone.has(row)),
    added: { length: added },
    trained,
    placed: new Map(
      placed.map(([row, vector, near, cosines]) => [
        row,
        { vector: vectorFromText(vector), near: near.map((other, at) => [other, cosines[at]!] as const) },
      ]),
    ),
  };
}
