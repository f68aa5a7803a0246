import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { syntheticDataset } from '../../../src/dataset/synthetic.ts';
import { seededRandom } from '../../../src/kernel/random.ts';
import { splitDataset } from '../../../src/training/split.ts';
import { batchForTraining, batchHistories, batchWindows, cutWindows, shuffledOrder, type Window } from '../../../src/training/windows.ts';
import { coarsen, makeDataset } from '../../fixtures/sequences.ts';

const DAY_MS = 24 * 3600 * 1000;
const DATASET = fc
  .record({
    users: fc.integer({ min: 1, max: 20 }),
    items: fc.integer({ min: 1, max: 40 }),
    seed: fc.nat(),
    meanInteractions: fc.constantFrom(2, 10, 30),
  })
  .map(syntheticDataset);
const LENGTH = fc.integer({ min: 1, max: 12 });

describe('windows', () => {
  test('predict everything that follows something, once, from at most so many', () => {
    fc.assert(
      fc.property(DATASET, LENGTH, (dataset, length) => {
        const split = splitDataset(dataset, 'leave-one-out');
        const predicted = cutWindows(dataset, split.trainEnd, length).flatMap(({ from, to }) => {
          expect(to - from - 1).toBeLessThanOrEqual(length);
          return Array.from({ length: to - from - 1 }, (_, at) => from + 1 + at);
        });
        const following = [...dataset.item.keys()].filter((k) =>
          dataset.users.some((_, user) => k > dataset.start[user]! && k < split.trainEnd[user]!),
        );
        expect(predicted.sort((a, b) => a - b)).toEqual(following);
      }),
    );
  });

  test('are full from the newest back', () => {
    const dataset = makeDataset({ u: Array.from({ length: 12 }, (_, at) => [`item ${at}`, at] as const) });
    const split = splitDataset(dataset, 'leave-one-out'); // ten are left to train on
    expect(cutWindows(dataset, split.trainEnd, 4)).toEqual([
      { from: 5, to: 10 },
      { from: 1, to: 6 },
      { from: 0, to: 2 },
    ]);
  });
});

describe('the order of an epoch', () => {
  test('is new among interactions of one user at one time, and nowhere else', () => {
    fc.assert(
      fc.property(DATASET, fc.constantFrom(1, DAY_MS, 30 * DAY_MS), fc.nat(), (fine, clockMs, seed) => {
        const dataset = coarsen(fine, clockMs);
        const split = splitDataset(dataset, 'leave-one-out');
        const order = shuffledOrder(dataset, split.trainEnd, seededRandom(seed));
        const groups = new Map<string, { before: number[]; after: number[] }>();
        for (let user = 0; user < dataset.users.length; user++) {
          for (let k = dataset.start[user]!; k < dataset.start[user + 1]!; k++) {
            const key = `${user} ${dataset.atMs[k]} ${k < split.trainEnd[user]!}`;
            const group = groups.get(key) ?? { before: [], after: [] };
            groups.set(key, group);
            group.before.push(dataset.item[k]!);
            group.after.push(order[k]!);
          }
        }
        for (const { before, after } of groups.values()) expect(after.sort((a, b) => a - b)).toEqual(before.sort((a, b) => a - b));
      }),
    );
  });

  test('brings every order of a basket, and nothing from behind the end of training', () => {
    const dataset = makeDataset({
      u: [
        ['a', 1],
        ['b', 2],
        ['c', 2],
        ['d', 2],
        ['e', 2],
        ['f', 2],
      ],
    });
    const split = splitDataset(dataset, 'leave-one-out'); // e is the validation, f the test
    const random = seededRandom(1);
    const orders = Array.from({ length: 60 }, () =>
      Array.from(shuffledOrder(dataset, split.trainEnd, random).subarray(0, split.trainEnd[0]), (row) => dataset.items[row]!.id).join(''),
    );
    expect([...new Set(orders)].sort()).toEqual(['abcd', 'abdc', 'acbd', 'acdb', 'adbc', 'adcb']);
  });

  test('stays where only the order is known', () => {
    const dataset = makeDataset({ u: [['a'], ['b'], ['c'], ['d'], ['e']] });
    expect(shuffledOrder(dataset, splitDataset(dataset, 'leave-one-out').trainEnd, seededRandom(1))).toEqual(dataset.item);
  });

  test('leaves the data alone', () => {
    const dataset = coarsen(syntheticDataset({ users: 5, items: 9, seed: 2 }), 30 * DAY_MS);
    const before = dataset.item.slice();
    const order = shuffledOrder(dataset, splitDataset(dataset, 'last-basket').trainEnd, seededRandom(1));
    expect(order).not.toEqual(before);
    expect(dataset.item).toEqual(before);
  });
});

const WINDOWS = fc
  .array(fc.integer({ min: 2, max: 30 }), { maxLength: 200 })
  .map((lengths) => lengths.map((length, at): Window => ({ from: 100 * at, to: 100 * at + length })));

describe('batches', () => {
  test('hold every window once, at most so many each', () => {
    fc.assert(
      fc.property(WINDOWS, fc.integer({ min: 1, max: 9 }), fc.nat(), (windows, size, seed) => {
        const batches = batchWindows(windows, size, seededRandom(seed));
        expect(batches.every((batch) => batch.length > 0 && batch.length <= size)).toBe(true);
        expect(batches.flat().sort((a, b) => a.from - b.from)).toEqual(windows);
        expect(batches.length).toBeLessThanOrEqual(Math.ceil(windows.length / size) + 1);
      }),
    );
  });

  test('are the same for the same seed, others for another', () => {
    const windows = Array.from({ length: 100 }, (_, at): Window => ({ from: 10 * at, to: 10 * at + 2 + (at % 7) }));
    const batches = (seed: number) => batchWindows(windows, 8, seededRandom(seed));
    expect(batches(1)).toEqual(batches(1));
    expect(batches(1)).not.toEqual(batches(2));
    // Neither the windows of a batch nor the batches follow each other as they were given.
    const firsts = batches(1).map(([first]) => first!.from);
    expect(firsts).not.toEqual([...firsts].sort((a, b) => a - b));
    const lengths = batches(1).map(([first]) => first!.to - first!.from);
    expect(lengths).not.toEqual([...lengths].sort((a, b) => a - b));
    // Who shares a batch is drawn as well.
    const company = (seed: number) => new Set(batches(seed).find((batch) => batch.some(({ from }) => from === 0)));
    expect(company(1)).not.toEqual(company(2));
  });

  test('are mostly of windows of one length', () => {
    const random = seededRandom(3);
    const windows = Array.from({ length: 640 }, (_, at): Window => ({ from: 100 * at, to: 100 * at + 2 + Math.floor(40 * random()) }));
    const padded = (batches: readonly (readonly Window[])[]) =>
      batches.reduce((sum, batch) => sum + batch.length * Math.max(...batch.map(({ from, to }) => to - from)), 0);
    const needed = windows.reduce((sum, { from, to }) => sum + to - from, 0);
    expect(padded(batchWindows(windows, 32, random))).toBeLessThan(1.15 * needed);
  });
});

describe('a batch', () => {
  test('of histories has the newest last and nothing in front', () => {
    const { history, mask, causal, offsets } = batchHistories([[7], [1, 2, 3], []], 5);
    expect(history).toEqual({ data: new BigInt64Array([0n, 0n, 7n, 1n, 2n, 3n, 0n, 0n, 0n]), shape: [3, 3] });
    expect(mask).toEqual({ data: new Float32Array([0, 0, 1, 1, 1, 1, 0, 0, 0]), shape: [3, 3] });
    expect(offsets).toEqual({ data: new BigInt64Array([2n, 3n, 4n]), shape: [3] });
    expect(Array.from(causal.data as Float32Array, (value) => value === 0)).toEqual([
      true,
      false,
      false,
      true,
      true,
      false,
      true,
      true,
      true,
    ]);
  });

  test('to train on asks at every position for the item that comes next', () => {
    fc.assert(
      fc.property(DATASET, LENGTH, fc.nat(), (dataset, length, seed) => {
        const split = splitDataset(dataset, 'leave-one-out');
        const random = seededRandom(seed);
        const order = shuffledOrder(coarsen(dataset, 30 * DAY_MS), split.trainEnd, random);
        for (const windows of batchWindows(cutWindows(dataset, split.trainEnd, length), 4, random)) {
          const { history, mask, selected, targets, shares, offsets } = batchForTraining(windows, order, length);
          const [B, L] = history.shape as [number, number];
          expect(B).toBe(windows.length);
          const asked = windows.flatMap(({ from, to }, b) =>
            Array.from({ length: to - from - 1 }, (_, at) => ({
              position: b * L + L - (to - from - 1) + at,
              item: order[from + at]!,
              next: order[from + at + 1]!,
            })),
          );
          expect(Array.from(selected.data, Number)).toEqual(asked.map(({ position }) => position));
          expect(Array.from(targets.data, Number)).toEqual(asked.map(({ next }) => next));
          expect(asked.map(({ position }) => Number(history.data[position]))).toEqual(asked.map(({ item }) => item));
          expect((mask.data as Float32Array).reduce((sum, value) => sum + value, 0)).toBe(asked.length);
          expect(asked.every(({ position }) => mask.data[position] === 1)).toBe(true);
          expect((shares.data as Float32Array).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
          expect(Number(offsets.data.at(-1))).toBe(length - 1);
        }
      }),
    );
  });
});
