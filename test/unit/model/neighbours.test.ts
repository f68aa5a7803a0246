import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { neighbourWeight, Tally, type Neighbours } from '../../../src/model/neighbours.ts';

const ITEMS = 6;
/** For each item what goes with it, by weight. */
const TABLE = fc.array(
  fc.dictionary(
    fc.constantFrom('0', '1', '2', '3', '4', '5'),
    fc.integer({ min: 1, max: 64 }).map((n) => n / 64),
  ),
  {
    minLength: ITEMS,
    maxLength: ITEMS,
  },
);
const HISTORY = fc.array(fc.nat(ITEMS - 1), { maxLength: 8 });

function compress(table: readonly Readonly<Record<string, number>>[]): Neighbours {
  const entries = table.map((row) => Object.entries(row));
  let at = 0;
  return {
    start: Uint32Array.from([0, ...entries.map(({ length }) => (at += length))]),
    item: Uint32Array.from(entries.flat(), ([item]) => Number(item)),
    weight: Float32Array.from(entries.flat(), ([, weight]) => weight),
  };
}

test('the weight of a step is that in the table, or nothing', () => {
  fc.assert(
    fc.property(TABLE, (table) => {
      const neighbours = compress(table);
      for (let from = 0; from < ITEMS; from++) {
        for (let to = 0; to < ITEMS; to++) expect(neighbourWeight(neighbours, from, to)).toBe(table[from]![to] ?? 0);
      }
    }),
  );
});

describe('a tally', () => {
  test('adds up what goes with a history, the newest most, and is as new once cleared', () => {
    const tally = new Tally(ITEMS);
    fc.assert(
      fc.property(TABLE, HISTORY, fc.constantFrom(0, 0.5, 0.9, 1), (table, history, decay) => {
        tally.addHistory(compress(table), history, decay);
        const wanted = Array.from({ length: ITEMS }, (_, row) =>
          history.reduce((sum, from, at) => sum + decay ** (history.length - 1 - at) * (table[from]![row] ?? 0), 0),
        );
        for (const [row, score] of wanted.entries()) expect(tally.get(row)).toBeCloseTo(score, 5);
        expect([...new Set(tally.rows())].sort((a, b) => a - b)).toEqual([...wanted.keys()].filter((row) => wanted[row]! > 0));
        expect(tally.rows()).toHaveLength(new Set(tally.rows()).size);
        tally.clear();
        expect(tally.rows()).toEqual([]);
        for (let row = 0; row < ITEMS; row++) expect(tally.get(row)).toBe(0);
      }),
    );
  });

  test('takes several tables', () => {
    const tally = new Tally(3);
    tally.add(2, 1);
    tally.addHistory(compress([{ 2: 0.5 }, {}, {}]), [0, 1], 0.5);
    expect([0, 1, 2].map((row) => tally.get(row))).toEqual([0, 0, 1.25]);
  });
});

test('a table of weights in steps counts as one of the weights themselves', () => {
  const [stored, plain] = [new Tally(ITEMS), new Tally(ITEMS)];
  fc.assert(
    fc.property(TABLE, HISTORY, (table, history) => {
      const weights = compress(table);
      const heaviest = Float32Array.from({ length: ITEMS }, (_, row) => 1 + row);
      const steps = { ...weights, weight: Uint8Array.from(weights.weight, (weight) => 64 * weight), heaviest };
      // A step is heaviest / 255, and 64 of them are what was 1.
      const same = table.map((row, from) =>
        Object.fromEntries(Object.entries(row).map(([to, one]) => [to, (one * 64 * (1 + from)) / 255])),
      );
      stored.addHistory(steps, history, 0.9);
      plain.addHistory(compress(same), history, 0.9);
      for (let row = 0; row < ITEMS; row++) {
        expect(stored.get(row)).toBeCloseTo(plain.get(row), 4);
        for (let to = 0; to < ITEMS; to++) expect(neighbourWeight(steps, row, to)).toBeCloseTo(same[row]![to] ?? 0, 5);
      }
      expect(stored.rows()).toEqual(plain.rows());
      stored.clear();
      plain.clear();
    }),
  );
});
