import type { Change } from '../amend/change.ts';
import { amendWithout, type AddedItem, type RowChange } from '../amend/amendment.ts';
import { nearRows } from '../amend/amend-neighbours.ts';
import type { RowOf } from '../columns/id-index.ts';
import { decodeItems } from '../columns/item-bytes.ts';
import type { Items } from '../columns/items.ts';
import { firstNotBelow } from '../../kernel/search.ts';
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
  const rows = matchRows(items, manifest.trained ?? count, await readChanges(plan, pages, tools));
  await storage.write(rowsKey(plan.version), encodeJson(rows));
  return { items: count - rows.gone.length + rows.added, trained: rows.trained };
}

function matchRows(items: Items, trained: number, changes: readonly Change[]): StoredRows {
  const { kept, added } = amendWithout(items, changes);
  const rowOf = newRowOf(items, kept, added);
  const gone = goneRows(items.length, kept);
  const placed = changes.flatMap(({ id, item, embedding }): Placed[] => {
    if (!item || !embedding) return [];
    const near = nearRows(embedding.near, rowOf);
    return [[rowOf.get(id)!, vectorToText(embedding.vector), near.map(([row]) => row), near.map(([, cosine]) => cosine)]];
  });
  return { count: items.length, gone, added: added.length, trained: trained - gone.filter((row) => row < trained).length, placed };
}

function goneRows(count: number, kept: Uint32Array): number[] {
  const isKept = new Uint8Array(count);
  for (const row of kept) isKept[row] = 1;
  return Array.from(isKept.keys()).filter((row) => isKept[row] === 0);
}

/** Rows of the new version by id: those of `kept` rows of the old one, in their order, and of new items `added` behind them. */
export function newRowOf({ rowOf }: Items, kept: Uint32Array, added: readonly AddedItem[]): Pick<RowOf, 'get'> {
  const addedRows = new Map(added.map(({ item }, at) => [item.id, kept.length + at]));
  return {
    get(id) {
      const old = rowOf.get(id);
      if (old === undefined) return addedRows.get(id);
      const row = firstNotBelow(kept, old);
      return kept[row] === old ? row : undefined;
    },
  };
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
