import type { ItemTable, Lists } from './item-table.ts';

/** Items that stand over those of a table: the row `rows[i]` is row `i` of `table`. */
export interface Later {
  readonly table: ItemTable;
  readonly rows: Uint32Array;
}

/** Which categories items are in, by number. */
export interface Categories extends Lists {
  readonly names: readonly string[];
}

/** A column of `length` rows: `over` [rows] in its `rows`, `values` in the others. */
export function mergeNumbers(values: Float64Array, over: Float64Array, rows: Uint32Array, length: number): Float64Array {
  const merged = new Float64Array(length);
  merged.set(values);
  rows.forEach((row, at) => (merged[row] = over[at]!));
  return merged;
}

/** The categories of a table with those of later items in their rows; categories that only those are in come last. */
export function mergeCategories(table: ItemTable, { table: over, rows }: Later, length: number): Categories {
  const names = [...new Set([...table.categoryNames, ...over.categoryNames])];
  const numbers = new Map(names.map((name, number) => [name, number]));
  const numberOf = Array.from(over.categoryNames, (name) => numbers.get(name)!);
  const laterAt = new Int32Array(length).fill(-1);
  rows.forEach((row, at) => (laterAt[row] = at));
  const start = new Uint32Array(length + 1);
  const entry = new Uint32Array(table.categories.entry.length + over.categories.entry.length);
  let used = 0;
  for (let row = 0; row < length; row++) {
    const at = laterAt[row]!;
    const { start: from, entry: of } = at < 0 ? table.categories : over.categories;
    const own = at < 0 ? row : at;
    for (let k = from[own]!; k < from[own + 1]!; k++) entry[used++] = at < 0 ? of[k]! : numberOf[of[k]!]!;
    start[row + 1] = used;
  }
  return { start, entry: entry.subarray(0, used), names };
}
