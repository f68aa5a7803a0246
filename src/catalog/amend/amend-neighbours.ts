import { unitOf, type Neighbours } from '../../model/neighbours.ts';
import type { Amendment } from './amendment.ts';

/** Entries to be put among those of a table: from row, to row, weight. */
type Edge = readonly [from: number, to: number, weight: number];

/** Entries of a row at most. */
const ROW_MAX = 100;

/** A table whose rows follow an amendment: entries of rows that are gone are left out, `edges` (of the amended rows) are put in by their weight. */
export function amendNeighbours(table: Neighbours, { kept, added }: Amendment, edges: readonly Edge[] = []): Neighbours {
  const oldCount = table.start.length - 1;
  const count = kept.length + added.length;
  if (kept.length === oldCount && edges.length === 0) return withEmptyRows(table, count);

  const rowOf = new Int32Array(oldCount).fill(-1);
  kept.forEach((row, at) => (rowOf[row] = at));
  const edgesOf = Map.groupBy(edges, ([from]) => from);
  const start = new Uint32Array(count + 1);
  const item = new Uint32Array(table.item.length + edges.length);
  const weight = new Float32Array(item.length);
  let used = 0;
  for (let row = 0; row < count; row++) {
    const entries = (edgesOf.get(row) ?? []).map(([, to, of]) => [to, of] as const);
    const old = kept[row];
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

/** What new items say the same as, in both directions: whoever knows the old item is led to the new one. `rowOf` is of the amended rows. */
export function textEdges({ kept, added }: Amendment, rowOf: ReadonlyMap<string, number>): Edge[] {
  return added.flatMap(({ embedding }, index) => {
    const row = kept.length + index;
    return (embedding?.near ?? []).flatMap(([id, cosine]): Edge[] => {
      const other = rowOf.get(id);
      return other === undefined
        ? []
        : [
            [row, other, cosine],
            [other, row, cosine],
          ];
    });
  });
}
