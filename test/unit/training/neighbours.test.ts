import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Neighbours } from '../../../src/model/neighbours.ts';
import { countCoVisits, countPopularity, countRules, RULE_STEPS, type Sequences } from '../../../src/training/neighbours.ts';

const ITEMS = 6;

/** Sequences of users, each followed by things that must not be counted. */
function makeSequences(users: readonly (readonly number[])[], heldOut: readonly number[] = [5, 5]): Sequences {
  const start: number[] = [];
  const end: number[] = [];
  const item: number[] = [];
  for (const sequence of users) {
    start.push(item.length);
    item.push(...sequence);
    end.push(item.length);
    item.push(...heldOut);
  }
  return { itemCount: ITEMS, item: Int32Array.from(item), start: Int32Array.from(start), end: Int32Array.from(end) };
}

function rowsOf({ start, item, weight }: Neighbours): [number, number][][] {
  return Array.from({ length: start.length - 1 }, (_, row) =>
    Array.from(item.subarray(start[row], start[row + 1]), (other, at): [number, number] => [other, weight[start[row]! + at]!]),
  );
}

/** Holds a table against the weights it should have: all of them, or the `keep` heaviest of a row, heaviest first. */
function expectTable(found: Neighbours, wanted: readonly ReadonlyMap<number, number>[], keep: number) {
  expect(found.start).toHaveLength(ITEMS + 1);
  expect(found.start[ITEMS]).toBe(found.item.length);
  rowsOf(found).forEach((row, from) => {
    const heaviest = [...wanted[from]!.values()].sort((a, b) => b - a).slice(0, keep);
    expect(row).toHaveLength(heaviest.length);
    row.forEach(([other, weight], at) => {
      expect(weight).toBeCloseTo(heaviest[at]!, 5);
      expect(weight).toBeCloseTo(wanted[from]!.get(other)!, 5);
    });
    expect(new Set(row.map(([other]) => other)).size).toBe(row.length);
  });
}

function naiveRules(users: readonly (readonly number[])[], steps: number): Map<number, number>[] {
  const tables = Array.from({ length: ITEMS }, () => new Map<number, number>());
  const occurrences = (item: number) => users.flat().filter((other) => other === item).length;
  for (const sequence of users) {
    sequence.forEach((from, at) => {
      sequence.slice(at + 1, at + 1 + steps).forEach((to, gap) => {
        if (to !== from) tables[from]!.set(to, (tables[from]!.get(to) ?? 0) + 1 / (gap + 1) / occurrences(from));
      });
    });
  }
  return tables;
}

function naiveCoVisits(users: readonly (readonly number[])[], shrink: number): Map<number, number>[] {
  const sets = users.map((sequence) => new Set(sequence));
  const having = (...items: number[]) => sets.filter((set) => items.every((item) => set.has(item)));
  return Array.from({ length: ITEMS }, (_, from) => {
    const table = new Map<number, number>();
    for (let to = 0; to < ITEMS; to++) {
      const both = having(from, to);
      if (to === from || both.length === 0) continue;
      const damped = both.reduce((sum, set) => sum + 1 / Math.log2(1 + set.size), 0);
      table.set(to, damped / (Math.sqrt(having(from).length * having(to).length) + shrink));
    }
    return table;
  });
}

const USERS = fc.array(fc.array(fc.nat(ITEMS - 1), { maxLength: 16 }), { maxLength: 6 });
const KEEP = fc.constantFrom(1, 2, Infinity);

describe('sequential rules', () => {
  test('by hand: a b a c, and a c', () => {
    const [a, b, c] = [0, 1, 2];
    const rules = rowsOf(
      countRules(
        makeSequences([
          [a, b, a, c],
          [a, c],
        ]),
        { steps: RULE_STEPS, keep: Infinity },
      ),
    );
    // Three times a: then b after one step; then c after three, one and one.
    expect(rules[a]).toEqual([
      [c, Math.fround((1 / 3 + 1 + 1) / 3)],
      [b, Math.fround(1 / 3)],
    ]);
    // Once b: then a after one step, c after two.
    expect(rules[b]).toEqual([
      [a, 1],
      [c, 0.5],
    ]);
    expect(rules.slice(c)).toEqual([[], [], [], []]);
  });

  test('are what counting one by one gives', () => {
    fc.assert(
      fc.property(USERS, fc.constantFrom(1, 2, RULE_STEPS), KEEP, (users, steps, keep) => {
        expectTable(countRules(makeSequences(users), { steps, keep }), naiveRules(users, steps), keep);
      }),
    );
  });
});

describe('co-visits', () => {
  test('by hand: two users have a and b, one of them also c', () => {
    const [a, b, c] = [0, 1, 2];
    const coVisits = rowsOf(
      countCoVisits(
        makeSequences([
          [a, b, a],
          [c, b, a],
        ]),
        { shrink: 0, keep: Infinity },
      ),
    );
    const [ofTwo, ofThree] = [1 / Math.log2(3), 1 / Math.log2(4)];
    expect(coVisits[a]).toEqual([
      [b, Math.fround((ofTwo + ofThree) / 2)],
      [c, Math.fround(ofThree / Math.SQRT2)],
    ]);
    expect(new Set(coVisits[c]!.map(([other]) => other))).toEqual(new Set([a, b]));
    expect(coVisits.slice(3)).toEqual([[], [], []]);
  });

  test('are what counting one by one gives', () => {
    fc.assert(
      fc.property(USERS, fc.constantFrom(0, 10), KEEP, (users, shrink, keep) => {
        expectTable(countCoVisits(makeSequences(users), { shrink, keep }), naiveCoVisits(users, shrink), keep);
      }),
    );
  });

  test('of somebody with very much count the newest 500', () => {
    const reseller = [0, ...Array.from({ length: 499 }, () => 1), 2];
    const coVisits = rowsOf(countCoVisits(makeSequences([reseller]), { shrink: 0, keep: Infinity }));
    expect(coVisits[0]).toEqual([]);
    expect(coVisits[1]!.map(([other]) => other)).toEqual([2]);
  });
});

test('popularity counts every interaction that is known', () => {
  fc.assert(
    fc.property(USERS, (users) => {
      const counts = Array.from({ length: ITEMS }, (_, row) => users.flat().filter((item) => item === row).length);
      expect([...countPopularity(makeSequences(users))]).toEqual(counts);
    }),
  );
});
