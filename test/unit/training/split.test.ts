import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Dataset } from '../../../src/dataset/dataset.ts';
import { syntheticDataset } from '../../../src/dataset/synthetic.ts';
import { hasAbsoluteTimes } from '../../../src/dataset/times.ts';
import { seededRandom } from '../../../src/kernel/random.ts';
import { historyIds, knownBefore } from '../../../src/training/sequences.ts';
import { protocolFor, splitDataset, type HoldOutCase, type Protocol, type Split } from '../../../src/training/split.ts';
import { cutWindows, shuffledOrder } from '../../../src/training/windows.ts';
import { coarsen, makeDataset } from '../../fixtures/sequences.ts';

const DAY_MS = 24 * 3600 * 1000;

/** A split in words: what each case knows and asks, and what is left to train on. */
function describeSplit(dataset: Dataset, { trainEnd, validation, test: tests }: Split) {
  const name = (row: number) => dataset.items[row]!.id;
  const inWords = (held: HoldOutCase) =>
    `${dataset.users[held.user]}: ${historyIds(dataset, held).join(' ')} > ${held.targets.map(name).join(' ')}`;
  return {
    train: dataset.users.map((user, u) => `${user}: ${Array.from(dataset.item.subarray(dataset.start[u], trainEnd[u]), name).join(' ')}`),
    validation: validation.map(inWords),
    test: tests.map(inWords),
  };
}

describe('leaving one out', () => {
  test('takes the last for the test, the one before for the validation, and leaves something to train on', () => {
    const dataset = makeDataset({
      one: [['a', 1]],
      two: [
        ['a', 1],
        ['b', 2],
      ],
      three: [
        ['a', 1],
        ['b', 2],
        ['c', 3],
      ],
      // The same time is nothing special here, and an item may come again.
      four: [['d'], ['a'], ['d'], ['a']],
    });
    expect(describeSplit(dataset, splitDataset(dataset, 'leave-one-out'))).toEqual({
      train: ['one: a', 'two: a', 'three: a', 'four: d a'],
      validation: ['three: a > b', 'four: d a > d'],
      test: ['two: a > b', 'three: a b > c', 'four: d a d > a'],
    });
  });
});

describe('leaving baskets out', () => {
  test('asks for what is new in the last ones', () => {
    const dataset = makeDataset({
      one: [
        ['a', 1],
        ['b', 1],
      ],
      two: [
        ['a', 1],
        ['b', 2],
        ['c', 2],
      ],
      three: [
        ['a', 1],
        ['b', 1],
        ['c', 2],
        ['a', 2],
        ['c', 3],
        ['d', 3],
        ['d', 3],
        ['e', 3],
      ],
      // Nothing new in the last basket: no case, and still nothing to train on.
      again: [
        ['a', 1],
        ['b', 2],
        ['a', 3],
        ['b', 3],
      ],
    });
    expect(describeSplit(dataset, splitDataset(dataset, 'last-basket'))).toEqual({
      train: ['one: a b', 'two: a', 'three: a b', 'again: a'],
      validation: ['three: a b > c', 'again: a > b'],
      test: ['two: a > b c', 'three: a b c a > d e'],
    });
  });

  test('is for data in which nearly all interactions share their time with another', () => {
    const basket = (at: number) => ['a', 'b'].map((item) => [item, at] as const);
    expect(protocolFor(makeDataset({ u: [...basket(1), ...basket(2), ['a', 3]] }))).toBe('last-basket');
    // A clock that knows days only has ties as well.
    expect(protocolFor(makeDataset({ u: [...basket(1), ...basket(2), ['a', 3], ['b', 4]] }))).toBe('leave-one-out');
    expect(protocolFor(makeDataset({ u: [['a'], ['b'], ['c']] }))).toBe('leave-one-out');
  });
});

describe('splitting by time', () => {
  test('trains on what is old, and asks for the last of each period', () => {
    // Twenty interactions: sixteen are older than moment 17, eighteen than moment 19.
    const dataset = makeDataset({
      early: Array.from({ length: 14 }, (_, at) => ['a', at + 1] as const),
      both: [
        ['b', 15],
        ['c', 17],
        ['d', 19],
        ['a', 20],
      ],
      late: [
        ['e', 16],
        ['a', 18],
      ],
    });
    expect(describeSplit(dataset, splitDataset(dataset, 'temporal'))).toEqual({
      train: [`early:${' a'.repeat(14)}`, 'both: b', 'late: e'],
      validation: ['both: b > c', 'late: e > a'],
      test: ['both: b c d > a'],
    });
  });

  test('never shows to training, to counting or to a case what comes after', () => {
    fc.assert(
      fc.property(DATASET, (dataset) => {
        fc.pre(hasAbsoluteTimes(dataset));
        const split = splitDataset(dataset, 'temporal');
        const timesOf = (ends: Int32Array) =>
          dataset.users.flatMap((_, user) => Array.from(dataset.atMs.subarray(dataset.start[user], ends[user])));
        const targetTimes = (cases: readonly HoldOutCase[]) => cases.map(({ historyEnd }) => dataset.atMs[historyEnd]!);
        const earliest = { validation: Math.min(...targetTimes(split.validation)), test: Math.min(...targetTimes(split.test)) };
        for (const phase of ['validation', 'test'] as const) {
          expect(Math.max(...timesOf(knownBefore(phase, dataset, split).end))).toBeLessThan(earliest[phase]);
        }
        expect(Math.max(...targetTimes(split.validation))).toBeLessThan(earliest.test);
        for (const { user, historyEnd, targets } of [...split.validation, ...split.test]) {
          expect(historyEnd).toBeGreaterThan(dataset.start[user]!);
          expect(targets).toEqual([dataset.item[historyEnd]]);
        }
        for (const { user, historyEnd } of split.test) expect(historyEnd).toBe(dataset.start[user + 1]! - 1);
      }),
      { numRuns: 200 },
    );
  });

  test('is refused where times do not compare', () => {
    const fromZero = makeDataset({ u: [['a', 0]], v: [['a', 0]] });
    for (const dataset of [makeDataset({ u: [['a'], ['b']] }), fromZero]) {
      expect(() => splitDataset(dataset, 'temporal')).toThrow('made cannot be split by time');
    }
  });
});

/** Data sets of all kinds: with few and with many interactions at the same time. */
const DATASET = fc
  .record({
    users: fc.integer({ min: 1, max: 25 }),
    items: fc.integer({ min: 1, max: 40 }),
    meanInteractions: fc.constantFrom(1, 3, 8, 20),
    seed: fc.nat(),
    clockMs: fc.constantFrom(1, DAY_MS, 30 * DAY_MS),
  })
  .map(({ clockMs, ...options }) => coarsen(syntheticDataset(options), clockMs));
const PROTOCOL = fc.constantFrom<Protocol>('leave-one-out', 'last-basket');

describe('whatever the data and the protocol', () => {
  test('a case asks for what comes next, and neither its history nor the training of that user holds any of it', () => {
    fc.assert(
      fc.property(DATASET, PROTOCOL, fc.integer({ min: 1, max: 12 }), (dataset, protocol, length) => {
        const split = splitDataset(dataset, protocol);
        const windows = cutWindows(dataset, split.trainEnd, length);
        const order = shuffledOrder(dataset, split.trainEnd, seededRandom(1));
        for (const { user, historyEnd, targets } of [...split.validation, ...split.test]) {
          const [start, end] = [dataset.start[user]!, dataset.start[user + 1]!];
          expect(historyEnd).toBeGreaterThan(start);
          expect(targets.length).toBeGreaterThan(0);
          // What comes next: the interaction, or all of the next basket that is new.
          const next =
            protocol === 'leave-one-out'
              ? [historyEnd]
              : Array.from({ length: end - historyEnd }, (_, at) => historyEnd + at).filter(
                  (at) => dataset.atMs[at] === dataset.atMs[historyEnd],
                );
          const history = new Set(dataset.item.subarray(start, historyEnd));
          const asked = new Set(next.map((at) => dataset.item[at]!));
          expect(new Set(targets)).toEqual(new Set([...asked].filter((item) => protocol === 'leave-one-out' || !history.has(item))));
          if (protocol === 'last-basket') expect(dataset.atMs[historyEnd - 1]).toBeLessThan(dataset.atMs[historyEnd]!);
          // Training ends before it, also in the order of an epoch.
          expect(split.trainEnd[user]).toBeLessThanOrEqual(historyEnd);
          for (const { from, to } of windows) {
            if (from < end && to > start) expect(to <= historyEnd && from >= start).toBe(true);
          }
        }
        for (let user = 0; user < dataset.users.length; user++) {
          const [start, end] = [dataset.start[user]!, split.trainEnd[user]!];
          expect(end).toBeGreaterThan(start);
          expect(order.slice(start, end).sort()).toEqual(dataset.item.slice(start, end).sort());
        }
      }),
      { numRuns: 200 },
    );
  });

  test('a test comes after the validation of the same user, and each user is asked once', () => {
    fc.assert(
      fc.property(DATASET, PROTOCOL, (dataset, protocol) => {
        const { validation, test: tests } = splitDataset(dataset, protocol);
        for (const cases of [validation, tests]) expect(new Set(cases.map(({ user }) => user)).size).toBe(cases.length);
        const testOf = new Map(tests.map(({ user, historyEnd }) => [user, historyEnd]));
        for (const { user, historyEnd } of validation) expect(testOf.get(user) ?? Infinity).toBeGreaterThan(historyEnd);
        if (protocol === 'last-basket') return;
        const withAtLeast = (count: number) => dataset.users.filter((_, u) => dataset.start[u + 1]! - dataset.start[u]! >= count).length;
        expect([tests.length, validation.length]).toEqual([withAtLeast(2), withAtLeast(3)]);
      }),
    );
  });

  test('what is counted before a phase holds nothing of its cases', () => {
    fc.assert(
      fc.property(DATASET, PROTOCOL, (dataset, protocol) => {
        const split = splitDataset(dataset, protocol);
        expect(knownBefore('validation', dataset, split).end).toEqual(split.trainEnd);
        const known = knownBefore('test', dataset, split);
        const held = new Map(split.test.map(({ user, historyEnd }) => [user, historyEnd]));
        for (let user = 0; user < dataset.users.length; user++) {
          expect(known.start[user]).toBe(dataset.start[user]);
          expect(known.end[user]).toBe(held.get(user) ?? dataset.start[user + 1]);
        }
        expect(known.end).toHaveLength(dataset.users.length);
      }),
    );
  });
});
