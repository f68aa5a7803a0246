import { beforeAll, describe, expect, test } from 'vitest';
import type { Dataset } from '../../../src/dataset/dataset.ts';
import { simulate } from '../../../src/evaluation/simulate.ts';
import { Serving } from '../../../src/recommend/serving.ts';
import type { HoldOutCase, Split } from '../../../src/training/split.ts';
import { engineOf, snapshotOf, standIn } from '../../fixtures/serving.ts';
import { makeShop } from '../../fixtures/shop.ts';

const ITEMS = 400;
const USERS = 20;

/** Every user had one item and wants others, `steps` further along the shop: each goes with the one before it. */
function trip(steps: readonly number[]): { dataset: Dataset; split: Split } {
  const test: HoldOutCase[] = Array.from({ length: USERS }, (_, user) => ({
    user,
    historyEnd: user + 1,
    targets: steps.map((step) => 100 + user * 10 + step),
  }));
  const dataset: Dataset = {
    name: 'trip',
    hash: '',
    items: makeShop({ items: ITEMS }).items,
    users: test.map(({ user }) => `u${user}`),
    types: ['interaction'],
    start: Int32Array.from({ length: USERS + 1 }, (_, at) => at),
    item: Int32Array.from(test, ({ user }) => 100 + user * 10),
    type: new Uint8Array(USERS),
    atMs: new Float64Array(USERS).fill(Number.NaN),
    value: new Float32Array(USERS).fill(Number.NaN),
    ties: 0,
  };
  return {
    dataset,
    split: { protocol: 'last-basket', trainEnd: new Int32Array(USERS), knownEnd: new Int32Array(USERS), validation: [], test },
  };
}

let serving: Serving;
beforeAll(async () => {
  const shop = makeShop({ items: ITEMS });
  const silent = new Float32Array(shop.vectors.length); // the transformer has nothing to say: rules decide
  serving = new Serving(await snapshotOf({ ...shop, vectors: silent }), engineOf(standIn()));
  await serving.startEncoder(0);
});

describe('simulate', () => {
  test('what is taken leads a shop that listens to what comes next, and the first page is the same', async () => {
    const { dataset, split } = trip([1, 2, 3, 4, 5, 6]);
    const { users, rounds } = await simulate(dataset, split, serving, () => undefined);
    expect([users, rounds.length]).toEqual([USERS, 10]);
    expect(rounds[0]!.gain.difference).toBe(0);
    const last = rounds.at(-1)!;
    expect(last.withFeedback).toBeGreaterThan(last.without + 0.1);
    expect(last.gain.difference).toBeCloseTo(last.withFeedback - last.without, 12);
  });

  test('shares never fall from page to page, and none is above 1', async () => {
    const { dataset, split } = trip([1, 2]);
    const { rounds } = await simulate(dataset, split, serving, () => undefined);
    const shares = rounds.map(({ withFeedback }) => withFeedback);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(shares.at(-1)).toBeLessThanOrEqual(1);
  });

  test('sessions of one item teach nothing and are refused', async () => {
    const { dataset, split } = trip([1]);
    await expect(simulate(dataset, split, serving, () => undefined)).rejects.toThrow(
      'trip, last-basket: no session of the test has two new items',
    );
  });
});
