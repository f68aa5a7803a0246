import { expect, test } from 'vitest';

import type { Dataset } from '../../../src/dataset/dataset.ts';
import { syntheticDataset } from '../../../src/dataset/synthetic.ts';

const options = { users: 1500, items: 300, seed: 7 };
const HITS_AT = 10;

/** Share of users whose last item is among those that `guess` names for the one before. */
function hitRate(dataset: Dataset, guess: (last: number) => readonly number[]): number {
  let hits = 0;
  for (let u = 0; u < dataset.users.length; u++) {
    const end = dataset.start[u + 1]!;
    if (guess(dataset.item[end - 2]!).includes(dataset.item[end - 1]!)) hits++;
  }
  return hits / dataset.users.length;
}

const best = (counts: ReadonlyMap<number, number>) =>
  [...counts]
    .sort(([, a], [, b]) => b - a)
    .slice(0, HITS_AT)
    .map(([item]) => item);
const add = (counts: Map<number, number>, item: number) => counts.set(item, (counts.get(item) ?? 0) + 1);

test('what follows an item foretells more than the cluster, and that more than popularity', () => {
  const dataset = syntheticDataset(options);
  const popular = new Map<number, number>();
  const inCluster = new Map<string, Map<number, number>>();
  const followers = new Map<number, Map<number, number>>();
  const clusterOf = (item: number) => dataset.items[item]!.categories[0]!;
  const within = <Key>(maps: Map<Key, Map<number, number>>, key: Key) => maps.get(key) ?? maps.set(key, new Map()).get(key)!;
  for (let u = 0; u < dataset.users.length; u++) {
    for (let k = dataset.start[u]!; k < dataset.start[u + 1]! - 1; k++) {
      const item = dataset.item[k]!;
      add(popular, item);
      add(within(inCluster, clusterOf(item)), item);
      if (k > dataset.start[u]!) add(within(followers, dataset.item[k - 1]!), item);
    }
  }
  const byPopularity = hitRate(dataset, () => best(popular));
  const byCluster = hitRate(dataset, (last) => best(within(inCluster, clusterOf(last))));
  const byFollowers = hitRate(dataset, (last) => best(within(followers, last)));
  expect(byCluster).toBeGreaterThan(2 * byPopularity);
  expect(byFollowers).toBeGreaterThan(1.25 * byCluster);
});

test('depends on its options and nothing else', () => {
  expect(syntheticDataset(options)).toEqual(syntheticDataset(options));
  expect(syntheticDataset({ ...options, seed: 8 }).hash).not.toBe(syntheticDataset(options).hash);
});

test('has the size asked for', () => {
  const dataset = syntheticDataset({ ...options, meanInteractions: 12 });
  expect(dataset.users.length).toBe(options.users);
  expect(dataset.items.length).toBe(options.items);
  expect(dataset.item.length / options.users).toBeCloseTo(12.5, -0.5);
  expect(new Set(dataset.items.flatMap(({ categories }) => categories)).size).toBe(8);
  expect(syntheticDataset({ users: 2, items: 3, seed: 1 }).items.length).toBe(3);
});
