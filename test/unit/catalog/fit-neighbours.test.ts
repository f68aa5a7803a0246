import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fitNeighbours, neighbourTableBytes } from '../../../src/catalog/fit-neighbours.ts';
import { LIMITS } from '../../../src/domain/limits.ts';
import type { Neighbours } from '../../../src/model/neighbours.ts';

/** Bytes of a neighbour in a small table. */
const EACH = 3;

/** Rows of so many neighbours, each with a number of its own. */
function tableOf(lengths: readonly number[]): Neighbours {
  const start = Uint32Array.from([0, ...lengths]);
  for (let row = 1; row < start.length; row++) start[row]! += start[row - 1]!;
  const entries = start.at(-1)!;
  return {
    start,
    item: Uint32Array.from({ length: entries }, (_, at) => at),
    weight: Float32Array.from({ length: entries }, (_, at) => 1 / (1 + at)),
    heaviest: Float32Array.from(lengths, (_, row) => row),
  };
}

const rowOf = ({ start, item }: Neighbours, row: number) => Array.from(item.slice(start[row], start[row + 1]));

test('a table fits, with the first of every row and no more of one than of another', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(9), { minLength: 1, maxLength: 12 }), fc.nat(200), (lengths, bytes) => {
      const table = tableOf(lengths);
      const fitted = fitNeighbours(table, bytes);
      const counts = lengths.map((_, row) => rowOf(fitted, row).length);
      const each = Math.max(0, ...counts);
      expect(EACH * fitted.item.length).toBeLessThanOrEqual(bytes);
      lengths.forEach((length, row) => {
        expect(counts[row]).toBe(Math.min(length, each));
        expect(rowOf(fitted, row)).toEqual(rowOf(table, row).slice(0, counts[row]));
      });
      expect(fitted.weight).toHaveLength(fitted.item.length);
      expect(fitted.heaviest).toBe(table.heaviest);
      // One more of each would be too many, unless there are no more.
      const more = lengths.reduce((sum, length) => sum + Math.min(length, each + 1), 0);
      if (more > fitted.item.length) expect(EACH * more).toBeGreaterThan(bytes);
    }),
  );
});

test('a table that fits is left alone, to the byte', () => {
  const table = tableOf([2, 3]);
  expect(fitNeighbours(table, 5 * EACH)).toBe(table);
  expect(fitNeighbours(table, 5 * EACH - 1)).not.toBe(table);
  expect(fitNeighbours(table)).toBe(table);
});

test('the larger the catalogue, the less room is left for neighbours', () => {
  const room = (items: number) => Math.floor(neighbourTableBytes(items) / items);
  expect(room(12_000)).toBeGreaterThan(100 * 3); // all that training counts
  expect(room(50_000)).toBeGreaterThan(100 * 3);
  expect(room(200_000)).toBeGreaterThan(5 * 5);
  expect(room(200_000)).toBeLessThan(6 * 5);
  expect(neighbourTableBytes(LIMITS.versionBytes)).toBe(0); // a catalogue for a vector index
  expect(fitNeighbours(tableOf([2, 3]), 0).item).toHaveLength(0);
});
