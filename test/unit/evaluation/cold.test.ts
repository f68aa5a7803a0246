import { describe, expect, test } from 'vitest';
import type { Dataset } from '../../../src/dataset/dataset.ts';
import { DatasetBuilder } from '../../../src/dataset/builder.ts';
import { coldCases, firstBehaviour } from '../../../src/evaluation/cold-cases.ts';
import { hideItems } from '../../../src/evaluation/cold-items.ts';
import { refreshWith } from '../../../src/evaluation/refreshed.ts';
import { LIMITS } from '../../../src/domain/limits.ts';
import { seededRandom } from '../../../src/kernel/random.ts';
import { splitDataset } from '../../../src/training/split.ts';
import { engineOf, standIn } from '../../fixtures/serving.ts';
import { makeShop } from '../../fixtures/shop.ts';

/** Users who go through the items one after another, `from` one of their own on. */
function walk(users: number, items: number, steps: number): Dataset {
  const builder = new DatasetBuilder();
  for (let at = 0; at < items; at++) builder.addItem({ id: `i${at}`, title: `ITEM ${at}`, categories: [], attributes: {} });
  for (let user = 0; user < users; user++)
    for (let step = 0; step < steps; step++)
      builder.addInteraction(`u${user}`, `i${(user + step) % items}`, 'view', 1_000 * step + user, Number.NaN);
  return builder.build('walk');
}

const dataset = walk(20, 20, 9);
const split = splitDataset(dataset, 'leave-one-out');
const isNew = (id: string) => id === 'i8';

describe('items that are hidden', () => {
  test('are gone from the data with all that was done with them; the rest stays as it was', () => {
    const { known, hidden } = hideItems(dataset, 0.1, seededRandom(3));
    const ids = new Set(hidden.map(({ id }) => id));
    expect(ids.size).toBe(2);
    expect(known.items.map(({ id }) => id)).toEqual(dataset.items.map(({ id }) => id).filter((id) => !ids.has(id)));
    const pairs = ({ users, start, item, items, atMs }: Dataset) =>
      users.flatMap((user, u) =>
        Array.from(item.subarray(start[u], start[u + 1]), (row, at) => [user, items[row]!.id, atMs[start[u]! + at]]),
      );
    expect(pairs(known)).toEqual(pairs(dataset).filter(([, id]) => !ids.has(String(id))));
  });

  test('are other ones for another seed, and the same for the same', () => {
    const draw = (seed: number) => hideItems(dataset, 0.2, seededRandom(seed)).hidden.map(({ id }) => id);
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });
});

test('cases tell new targets from others, and no history has a new item', () => {
  const cases = coldCases(dataset, split, isNew);
  expect(cases).toHaveLength(20);
  expect(cases[0]).toEqual({ history: ['i0', 'i1', 'i2', 'i3', 'i4', 'i5', 'i6', 'i7'], fresh: ['i8'], known: [], atMs: 8_000 });
  expect(cases[1]).toMatchObject({ history: ['i1', 'i2', 'i3', 'i4', 'i5', 'i6', 'i7'], fresh: [], known: ['i9'] });
});

test('what users did first with a new item is of the earliest, and of nothing that is held out', () => {
  const [behaviour, ...others] = firstBehaviour(dataset, split, isNew, 2);
  expect(others).toEqual([]);
  // u8 begins with it, u7 had one item before; u0 has it as the target of the test.
  expect(behaviour).toEqual({ item: 'i8', popularity: 2, after: [['i7', 1]] });
  const [all] = firstBehaviour(dataset, split, isNew, 99);
  expect(all!.popularity).toBe(8);
  expect(all!.after.find(([id]) => id === 'i3')![1]).toBe(3); // those who began with i3, i2 and i1
  expect(all!.after.reduce((sum, [, visits]) => sum + visits, 0)).toBeLessThanOrEqual(8 * LIMITS.itemsBefore);
});

test('a version is made by the refresh that runs in the Worker', async () => {
  const shop = makeShop({ items: 20 });
  const arrival = { id: 'new', title: 'MUGS NUMBER', categories: ['mugs'], attributes: {} };
  const engine = engineOf(standIn());
  const behaviour = { item: 'new', popularity: 30, after: [['i2', 9]] as const };
  const snapshot = await refreshWith(shop, [arrival], [behaviour], engine);
  expect([snapshot.items.length, snapshot.statistics.popularity[20]]).toEqual([21, 30]);
  expect((await refreshWith(shop, [], [], engine)).items).toHaveLength(20);
  await expect(
    refreshWith(shop, [arrival], [], { openScanner: () => ({ ...engine.openScanner(snapshot.vectors), nearest: () => new Int32Array() }) }),
  ).rejects.toThrow(/the refresh was refused: the scan finds 0\.0 %/);
});
