import { WEIGHT_STEPS, type StoredNeighbours } from '../../model/neighbours.ts';
import type { RowOf } from '../columns/id-index.ts';
import { makeRows } from '../format.ts';
import type { Amendment, RowChange } from './amendment.ts';

/** Entries to be put among those of a table: from row, to row, weight; both are rows of the amended table. */
export type Edge = readonly [from: number, to: number, weight: number];

/** Entries of a row at most. */
const ROW_MAX = 100;
const NONE: ReadonlySet<number> = new Set();

/**
 * A table of a snapshot whose rows follow an amendment: entries of rows that are gone are left out, `edges` are put in by their weight. What the table had
 * of `renewed` rows of the amended table, from them and to them, is forgotten. Weights stay in steps, as a snapshot has them: it is for a Worker, which
 * has no room for another table in floats.
 */
export function amendNeighbours(
  table: StoredNeighbours,
  { kept, added }: RowChange,
  edges: readonly Edge[] = [],
  renewed: ReadonlySet<number> = NONE,
): StoredNeighbours {
  const oldCount = table.start.length - 1;
  const count = kept.length + added.length;
  if (kept.length === oldCount && edges.length + renewed.size === 0) return withEmptyRows(table, count);

  const rowOf = new Int32Array(oldCount).fill(-1);
  kept.forEach((row, at) => (rowOf[row] = renewed.has(at) ? -1 : at));
  const edgesOf = Map.groupBy(edges, ([from]) => from);
  const start = new Uint32Array(count + 1);
  const heaviest = new Float32Array(count);
  const item = makeRows(count, table.item.length + edges.length);
  const weight = new Uint8Array(item.length);
  let used = 0;
  for (let row = 0; row < count; row++) {
    const old = renewed.has(row) ? undefined : kept[row];
    if (old !== undefined) {
      heaviest[row] = table.heaviest[old]!;
      for (let k = table.start[old]!; k < table.start[old + 1]!; k++) {
        const to = rowOf[table.item[k]!]!;
        if (to < 0) continue;
        item[used] = to;
        weight[used++] = table.weight[k]!;
      }
    }
    const more = edgesOf.get(row);
    if (more) used = mergeEdges(more, row, used, { start, heaviest, item, weight });
    start[row + 1] = used;
  }
  return { start, heaviest, item: item.subarray(0, used), weight: weight.subarray(0, used) };
}

/** Puts `edges` among the entries of a row, which is the last of the table and ends at `end`; returns where it ends now. */
function mergeEdges(edges: readonly Edge[], row: number, end: number, { start, heaviest, item, weight }: StoredNeighbours): number {
  const from = start[row]!;
  const unit = heaviest[row]! / WEIGHT_STEPS;
  const entries = edges.map(([, to, of]) => [to, of] as const);
  for (let k = from; k < end; k++) entries.push([item[k]!, unit * weight[k]!]);
  entries.sort((a, b) => b[1] - a[1]).splice(ROW_MAX);
  heaviest[row] = entries[0]![1];
  entries.forEach(([to, of], at) => {
    item[from + at] = to;
    weight[from + at] = Math.round((of / heaviest[row]!) * WEIGHT_STEPS);
  });
  return from + entries.length;
}

/** New rows without entries; the entries themselves are shared. */
function withEmptyRows(table: StoredNeighbours, count: number): StoredNeighbours {
  if (count === table.start.length - 1) return table;
  const start = new Uint32Array(count + 1).fill(table.start.at(-1)!);
  start.set(table.start);
  const heaviest = new Float32Array(count);
  heaviest.set(table.heaviest);
  return { ...table, start, heaviest };
}

/** Both directions from a row to what is near it: whoever knows the other item is led to this one. */
export function bothWays(row: number, near: readonly (readonly [row: number, weight: number])[]): Edge[] {
  return near.flatMap(([other, weight]): Edge[] => [
    [row, other, weight],
    [other, row, weight],
  ]);
}

/** What new items say the same as, in both directions. `rowOf` is of the amended rows. */
export function textEdges({ kept, added }: Amendment, rowOf: RowOf): Edge[] {
  return added.flatMap(({ embedding }, index) => bothWays(kept.length + index, nearRows(embedding?.near ?? [], rowOf)));
}

/** Items with their weights by rows, those that are not there left out. */
export function nearRows(near: readonly (readonly [id: string, weight: number])[], rowOf: Pick<RowOf, 'get'>): [number, number][] {
  return near.flatMap(([id, weight]): [number, number][] => {
    const row = rowOf.get(id);
    return row === undefined ? [] : [[row, weight]];
  });
}
