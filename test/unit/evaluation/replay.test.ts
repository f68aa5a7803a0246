import { beforeAll, describe, expect, test } from 'vitest';
import type { Dataset } from '../../../src/dataset/dataset.ts';
import { replay } from '../../../src/evaluation/replay.ts';
import type { Split } from '../../../src/training/split.ts';
import { Serving } from '../../../src/recommend/serving.ts';
import { engineOf, snapshotOf, standIn } from '../../fixtures/serving.ts';
import { makeShop } from '../../fixtures/shop.ts';

const MINUTE_MS = 60_000;
const ITEMS = 40;
const USERS = 30;

/** Every user walks along the shop, an item every ten minutes; the last four steps are held out. */
function walk(withTimes = true): { dataset: Dataset; split: Split } {
  const steps = 8;
  const item = Int32Array.from({ length: USERS * steps }, (_, at) => (Math.floor(at / steps) + (at % steps)) % ITEMS);
  const start = Int32Array.from({ length: USERS + 1 }, (_, user) => user * steps);
  const dataset: Dataset = {
    name: 'walk',
    hash: '',
    items: makeShop({ items: ITEMS }).items,
    users: Array.from({ length: USERS }, (_, user) => `u${user}`),
    types: ['interaction'],
    start,
    item,
    type: new Uint8Array(item.length),
    atMs: Float64Array.from(item, (_, at) => (withTimes ? Date.UTC(2026, 0, 1) + (at % steps) * 10 * MINUTE_MS : Number.NaN)),
    value: new Float32Array(item.length).fill(Number.NaN),
    ties: 0,
  };
  const knownEnd = start.slice(0, -1).map((from) => from + 4);
  return { dataset, split: { protocol: 'temporal', trainEnd: knownEnd, knownEnd, validation: [], test: [] } };
}

let serving: Serving;
beforeAll(async () => {
  serving = new Serving(await snapshotOf(makeShop({ items: ITEMS })), engineOf(standIn()));
  await serving.startEncoder(0);
});

const options = { interactionsMax: 1_000, onCase: () => undefined };

describe('replay', () => {
  test('a fresh profile finds the next step, one far behind does not', async () => {
    const { dataset, split } = walk();
    const { users, interactions, rows } = await replay(dataset, split, serving, options);
    expect([users, interactions]).toEqual([USERS, 4 * USERS]);
    const figures = Object.fromEntries(rows.map((row) => [row.name, row['ndcg@10']]));
    expect(figures['fresh']).toBeGreaterThan(figures['5 interactions behind']! + 0.1);
    expect(rows[0]).not.toHaveProperty('freshIsBetterBy');
    const { difference, p } = rows.find(({ name }) => name === '5 interactions behind')!.freshIsBetterBy!['ndcg@10'];
    expect(difference).toBeCloseTo(figures['fresh']! - figures['5 interactions behind']!, 12);
    expect(p).toBeLessThan(0.01);
  });

  test('an hour behind is five steps behind here, a day behind knows nothing', async () => {
    const { dataset, split } = walk();
    const { rows } = await replay(dataset, split, serving, options);
    const ndcg = (name: string) => rows.find((row) => row.name === name)!['ndcg@10'];
    expect(ndcg('1 day behind')).toBe(ndcg('20 interactions behind')); // no history at all, either way
    expect(ndcg('1 hour behind')).toBe(ndcg('5 interactions behind'));
    expect(ndcg('1 hour behind')).toBeGreaterThan(ndcg('1 day behind'));
  });

  test('without times lags are in interactions alone', async () => {
    const { dataset, split } = walk(false);
    const { rows } = await replay(dataset, split, serving, options);
    expect(rows.map(({ name }) => name)).toEqual(['fresh', '1 interaction behind', '5 interactions behind', '20 interactions behind']);
  });

  test('items the user has had are not replayed', async () => {
    const { dataset, split } = walk();
    dataset.item.fill(3);
    await expect(replay(dataset, split, serving, options)).rejects.toThrow(
      'walk has no held-out interaction with an item that is new to its user',
    );
  });

  test('at most about as many interactions as are asked for', async () => {
    const { dataset, split } = walk();
    const { interactions } = await replay(dataset, split, serving, { ...options, interactionsMax: 50 });
    expect(interactions).toBe(40); // every third
  });
});
