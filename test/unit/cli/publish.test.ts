import { beforeEach, expect, test, vi } from 'vitest';
import { buildSnapshot } from '../../../src/catalog/build.ts';
import { encodeJson } from '../../../src/catalog/manifest.ts';
import { POINTER_KEY, type StorageEntry } from '../../../src/catalog/storage.ts';
import { currentPointer, publish } from '../../../src/cli/publish.ts';
import { makeShop } from '../../fixtures/shop.ts';

/** A store in memory; `failing` is the number of the write that rejects. */
const store = vi.hoisted(() => ({ values: new Map<string, Uint8Array>(), writes: [] as string[][], failing: 0 }));
vi.mock('../../../src/cli/kv.ts', () => ({
  get: async (key: string) => store.values.get(key),
  putAll: async (entries: readonly StorageEntry[]) => {
    if (store.writes.push(entries.map(({ key }) => key)) === store.failing) throw new Error('KV is unreachable');
    for (const { key, value } of entries) store.values.set(key, value);
  },
}));

const TARGET = { local: true };
const build = (atMs: number) => buildSnapshot(makeShop(), atMs);

beforeEach(() => {
  store.values.clear();
  store.writes.length = 0;
  store.failing = 0;
});

test('the pointer moves last, and keeps what was live', async () => {
  expect(await currentPointer(TARGET)).toBeUndefined();
  const [one, two, three] = [await build(0), await build(1_000), await build(2_000)];
  const steps: number[][] = [];
  expect(await publish(one, TARGET, (done, total) => steps.push([done, total]))).toEqual({ ...one.reference, previous: null });
  expect(store.writes).toEqual([one.entries.map(({ key }) => key), [POINTER_KEY]]);
  expect(steps).toEqual([
    [1, 3],
    [2, 3],
    [3, 3],
  ]);
  expect(await publish(two, TARGET)).toEqual({ ...two.reference, previous: one.reference });
  expect(await publish(three, TARGET)).toEqual({ ...three.reference, previous: two.reference });
  expect(await currentPointer(TARGET)).toEqual({ ...three.reference, previous: two.reference });
});

test.for([1, 2])('a store that fails at write %i keeps the version that was live', async (failing) => {
  const one = await build(0);
  await publish(one, TARGET);
  store.failing = store.writes.length + failing;
  await expect(publish(await build(1_000), TARGET)).rejects.toThrow('KV is unreachable');
  expect(await currentPointer(TARGET)).toEqual({ ...one.reference, previous: null });
});

test('a pointer that cannot be read is not written over', async () => {
  store.values.set(POINTER_KEY, encodeJson({ version: 7 }));
  await expect(publish(await build(0), TARGET)).rejects.toThrow();
  expect(store.writes).toEqual([]);
});
