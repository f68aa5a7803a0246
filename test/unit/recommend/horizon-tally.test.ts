import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HORIZONS } from '../../../src/model/features.ts';
import { Tally, type Neighbours } from '../../../src/model/neighbours.ts';
import { makeTallies } from '../../../src/recommend/horizon-tally.ts';

const ITEMS = 6;
/** Every item goes with some of the others, with some of them not at all. */
const TABLE = fc
  .array(fc.uniqueArray(fc.tuple(fc.nat(ITEMS - 1), fc.nat(64)), { selector: ([item]) => item }), {
    minLength: ITEMS,
    maxLength: ITEMS,
  })
  .map((rows): Neighbours => {
    let at = 0;
    return {
      start: Uint32Array.from([0, ...rows.map(({ length }) => (at += length))]),
      item: Uint32Array.from(rows.flat(), ([item]) => item),
      weight: Float32Array.from(rows.flat(), ([, weight]) => weight / 64),
    };
  });
/** Long enough for the shorter horizon to end. */
const HISTORY = fc.array(fc.nat(ITEMS - 1), { maxLength: 40 });
const PERMITTED = fc.option(
  fc.array(fc.constantFrom(0, 1), { minLength: ITEMS, maxLength: ITEMS }).map((bits) => Uint8Array.from(bits)),
  { nil: undefined },
);

const NAMES = ['rules', 'coVisits', 'texts'] as const;

test('adds up over each horizon what a tally of its decay does, to the bit and of each table by itself, and is as new once cleared', () => {
  const tallies = makeTallies(ITEMS);
  fc.assert(
    fc.property(fc.tuple(TABLE, TABLE, TABLE), HISTORY, PERMITTED, fc.nat(ITEMS), (tables, history, permitted, count) => {
      NAMES.forEach((name, at) => tallies[name].add(tables[at]!, history));
      NAMES.forEach((name, at) => {
        const both = tallies[name];
        for (const horizon of ['now', 'long'] as const) {
          const alone = new Tally(ITEMS);
          alone.addHistory(tables[at]!, history, HORIZONS[horizon]);
          for (let row = 0; row < ITEMS; row++) expect(both[horizon](row)).toBe(alone.get(row));
          const heaviest = Array.from({ length: ITEMS }, (_, row) => row)
            .filter((row) => alone.get(row) > 0 && permitted?.[row] !== 0)
            .toSorted((x, y) => alone.get(y) - alone.get(x));
          const found = [...both.heaviest(horizon, count, permitted)];
          expect(new Set(found).size).toBe(found.length);
          expect(found).toHaveLength(Math.min(count, heaviest.length));
          expect(found.map((row) => alone.get(row)).sort((a, b) => b - a)).toEqual(heaviest.slice(0, count).map((row) => alone.get(row)));
          for (const row of found) expect(permitted?.[row]).not.toBe(0);
        }
        both.clear();
        for (let row = 0; row < ITEMS; row++) expect([both.now(row), both.long(row)]).toEqual([0, 0]);
        expect([...both.heaviest('long', ITEMS, undefined)]).toEqual([]);
      });
    }),
  );
});
