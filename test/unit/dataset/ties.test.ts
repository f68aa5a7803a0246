import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { syntheticDataset } from '../../../src/dataset/synthetic.ts';
import { orderTies, shuffleTies } from '../../../src/dataset/ties.ts';
import { hasAbsoluteTimes } from '../../../src/dataset/times.ts';
import { seededRandom } from '../../../src/kernel/random.ts';
import { coarsen, makeDataset } from '../../fixtures/sequences.ts';
import { interactionsOf } from './files.ts';

const DAY_MS = 24 * 3600 * 1000;

describe('ties', () => {
  test('shuffled stay with their user and their time, and with their own type', () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom(1, DAY_MS, 30 * DAY_MS), (seed, clockMs) => {
        const dataset = coarsen(syntheticDataset({ users: 20, items: 15, seed }), clockMs);
        const shuffled = shuffleTies(dataset, seededRandom(seed));
        expect(shuffled.atMs).toEqual(dataset.atMs);
        expect(interactionsOf(shuffled).sort()).toEqual(interactionsOf(dataset).sort());
      }),
      { numRuns: 50 },
    );
  });

  test('are shuffled by the seed, and only where they are asked to be', () => {
    const dataset = coarsen(syntheticDataset({ users: 20, items: 15, seed: 1 }), 30 * DAY_MS);
    const by = (seed: number) => shuffleTies(dataset, seededRandom(seed)).item;
    expect(by(1)).toEqual(by(1));
    expect(by(1)).not.toEqual(by(2));
    expect(by(1)).not.toEqual(dataset.item);
    expect(orderTies(dataset, 'file')).toBe(dataset);
    expect(orderTies(dataset, 'shuffled')).toEqual(orderTies(dataset, 'shuffled'));
    expect(orderTies(dataset, 'shuffled').item).not.toEqual(dataset.item);
  });

  test('are none where there are no times', () => {
    const dataset = makeDataset({ u: [['a'], ['b'], ['c'], ['d']] });
    expect(orderTies(dataset, 'shuffled').item).toEqual(dataset.item);
  });
});

test('times are absolute unless they are missing or every user begins at 0', () => {
  const absolute = makeDataset({ u: [['a', 0]], v: [['a', 5]] });
  const relative = makeDataset({
    u: [['a', 0]],
    v: [
      ['a', 0],
      ['b', 5],
    ],
  });
  expect([absolute, relative, makeDataset({ u: [['a']], v: [['a', 5]] })].map(hasAbsoluteTimes)).toEqual([true, false, false]);
});
