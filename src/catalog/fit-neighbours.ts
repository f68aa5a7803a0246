import { LIMITS } from '../domain/limits.ts';
import type { Neighbours } from '../model/neighbours.ts';
import { neighbourBytes } from './format.ts';

/**
 * What an item takes in an isolate besides its neighbours: 64 bytes of vector, some 75 of columns, 24 of where its neighbours are, statistics and what is made
 * of them, scratch space; measured by `npm run bench:sizes`.
 */
const ITEM_BYTES = 280;
const TABLES = 3;

/** Bytes that the neighbours of one table may take in a catalogue of so many items. */
export const neighbourTableBytes = (count: number): number => Math.max(0, LIMITS.versionBytes - ITEM_BYTES * count) / TABLES;

/** How many neighbours an item may have in one table of so many items, if all have as many. */
export const neighboursRoom = (count: number): number => Math.floor(neighbourTableBytes(count) / neighbourBytes(count) / count);

/**
 * The table as an isolate has room for it: the heaviest neighbours of every item, no more of one than of another. A table that fits
 * is left as it is.
 */
export function fitNeighbours(table: Neighbours, mostBytes: number = neighbourTableBytes(table.start.length - 1)): Neighbours {
  const { start, item, weight } = table;
  const count = start.length - 1;
  const most = Math.floor(mostBytes / neighbourBytes(count));
  if (item.length <= most) return table;
  const each = neighboursEach(start, most);
  const kept = new Uint32Array(count + 1);
  for (let row = 0; row < count; row++) kept[row + 1] = kept[row]! + Math.min(each, start[row + 1]! - start[row]!);
  const shorter = <A extends Uint8Array | Uint16Array | Uint32Array | Float32Array>(array: A): A => {
    const out = array.slice(0, kept[count]) as A;
    for (let row = 0; row < count; row++) out.set(array.subarray(start[row], start[row]! + kept[row + 1]! - kept[row]!), kept[row]);
    return out;
  };
  return { ...table, start: kept, item: shorter(item), weight: shorter(weight) };
}

/** How many neighbours each item may have so that all together are at most `most`. */
function neighboursEach(start: Uint32Array, most: number): number {
  const count = start.length - 1;
  let longest = 0;
  for (let row = 0; row < count; row++) longest = Math.max(longest, start[row + 1]! - start[row]!);
  const rowsOfLength = new Uint32Array(longest + 1);
  for (let row = 0; row < count; row++) rowsOfLength[start[row + 1]! - start[row]!]!++;
  let each = 0;
  let entries = 0;
  let longer = count - rowsOfLength[0]!; // rows with more than `each`
  while (each < longest && entries + longer <= most) {
    entries += longer;
    longer -= rowsOfLength[++each]!;
  }
  return each;
}
