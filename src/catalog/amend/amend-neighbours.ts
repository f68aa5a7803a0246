import { unitOf, type Neighbours } from '../../model/neighbours.ts';
import type { RowOf } from '../columns/id-index.ts';
import type { Amendment, RowChange } from './amendment.ts';

/** Entries to be put among those of a table: from row, to row, weight; both are rows of the amended table. */
export type Edge = readonly [from: number, to: number, weight: number];

/** Entries of a row at most. */
const ROW_MAX = 100;
const NONE: ReadonlySet<number> = new Set();

/**
 * A table whose rows follow an amendment: entries of rows that are gone are left out, `edges` are put in by their weight. What the table had
 * of `renewed` rows of the amended table, from them and to them, is forgotten.
 */
export function amendNeighbours(
  table: Neighbours,
  { kept, added }: RowChange,
  edges: readonly Edge[] = [],
  renewed: ReadonlySet<number> = NONE,
): Neighbours {
  const oldCount = table.start.length - 1;
  const count = kept.length + added.length;
  if (kept.length === oldCount && edges.length + renewed.size === 0) return withEmptyRows(table, count);

  const rowOf = new Int32Array(oldCount).fill(-1);
  kept.forEach((row, at) => (rowOf[row] = renewed.has(at) ? -1 : at));
  const edgesOf = Map.groupBy(edges, ([from]) => from);
  const start = new Uint32Array(count + 1);
  const item = new Uint32Array(table.item.length + edges.length);
  const weight = new Float32Array(item.length);
  let used = 0;
  for (let row = 0; row < count; row++) {
    const entries = (edgesOf.get(row) ?? []).map(([, to, of]) => [to, of] as const);
    const old = renewed.has(row) ? undefined : kept[row];
    const end = old === undefined ? 0 : table.start[old + 1]!;
    const unit = old === undefined ? 0 : unitOf(table, old);
    for (let k = old === undefined ? 0 : table.start[old]!; k < end; k++) {
      const to = rowOf[table.item[k]!]!;
      if (to >= 0) entries.push([to, unit * table.weight[k]!]);
    }
    if (edgesOf.has(row)) entries.sort((a, b) => b[1] - a[1]).splice(ROW_MAX);
    for (const [to, of] of entries) {
      item[used] = to;
      weight[used++] = of;
    }
    start[row + 1] = used;
  }
  return { start, item: item.subarray(0, used), weight: weight.subarray(0, used) };
}

/** New rows without entries; the entries themselves are shared. */
function withEmptyRows(table: Neighbours, count: number): Neighbours {
  const { start, heaviest } = table;
  if (count === start.length - 1) return table;
  const longer = new Uint32Array(count + 1).fill(start.at(-1)!);
  longer.set(start);
  if (!heaviest) return { ...table, start: longer };
  const heaviestOf = new Float32Array(count);
  heaviestOf.set(heaviest);
  return { ...table, start: longer, heaviest: heaviestOf };
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
