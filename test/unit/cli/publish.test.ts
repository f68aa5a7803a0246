import { beforeEach, expect, test, vi } from 'vitest';
import { buildSnapshot, type BuiltSnapshot } from '../../../src/catalog/build.ts';
import { encodeJson, type SnapshotReference } from '../../../src/catalog/manifest.ts';
import { POINTER_KEY, versionOf, type StorageEntry } from '../../../src/catalog/storage.ts';
import type { KvTarget } from '../../../src/cli/kv.ts';
import { currentPointer, publish as publishAfter } from '../../../src/cli/publish.ts';
import { LIMITS } from '../../../src/domain/limits.ts';
import { makeShop } from '../../fixtures/shop.ts';

/** A store in memory; `failing` is the number of the write that rejects. */
const store = vi.hoisted(() => ({ values: new Map<string, Uint8Array>(), writes: [] as string[][], failing: 0 }));
vi.mock('../../../src/cli/kv.ts', () => ({
  get: async (key: string) => store.values.get(key),
  list: async (prefix: string) => [...store.values.keys()].filter((key) => key.startsWith(prefix)),
  deleteAll: async (keys: readonly string[]) => {
    for (const key of keys) store.values.delete(key);
  },
  putAll: async (entries: readonly StorageEntry[]) => {
    if (store.writes.push(entries.map(({ key }) => key)) === store.failing) throw new Error('KV is unreachable');
    for (const { key, value } of entries) store.values.set(key, value);
  },
}));

const TARGET = { local: true };
const build = (atMs: number) => buildSnapshot(makeShop(), atMs);
const publish = async (built: BuiltSnapshot, target: KvTarget, onStep?: (done: number, total: number) => void) =>
  publishAfter(built, await currentPointer(target), target, onStep);
/** Without the manifest. */
const named = ({ version, manifestSha256 }: SnapshotReference) => ({ version, manifestSha256 });

beforeEach(() => {
  store.values.clear();
  store.writes.length = 0;
  store.failing = 0;
});

test('the pointer moves last, and keeps what was live', async () => {
  expect(await currentPointer(TARGET)).toBeUndefined();
  const [one, two, three] = [await build(0), await build(1_000), await build(2_000)];
  const steps: number[][] = [];
  expect(await publish(one, TARGET, (done, total) => steps.push([done, total]))).toEqual({ ...one.reference, since: 0, previous: null });
  expect(store.writes).toEqual([one.entries.map(({ key }) => key), [POINTER_KEY]]);
  expect(steps).toEqual([
    [1, 3],
    [2, 3],
    [3, 3],
  ]);
  expect(await publish(two, TARGET)).toEqual({ ...two.reference, since: 0, previous: named(one.reference) });
  expect(await publish(three, TARGET)).toEqual({ ...three.reference, since: 0, previous: named(two.reference) });
  expect(await currentPointer(TARGET)).toEqual({ ...three.reference, since: 0, previous: named(two.reference) });
});

test.for([1, 2])('a store that fails at write %i keeps the version that was live', async (failing) => {
  const one = await build(0);
  await publish(one, TARGET);
  store.failing = store.writes.length + failing;
  await expect(publish(await build(1_000), TARGET)).rejects.toThrow('KV is unreachable');
  expect(await currentPointer(TARGET)).toEqual({ ...one.reference, since: 0, previous: null });
});

test('a pointer that cannot be read is not written over', async () => {
  store.values.set(POINTER_KEY, encodeJson({ version: 7 }));
  await expect(publish(await build(0), TARGET)).rejects.toThrow();
  expect(store.writes).toEqual([]);
});

test('versions older than the last few are deleted once the pointer has moved; the one before it stays, however old', async () => {
  const versions = () => [...new Set([...store.values.keys()].flatMap((key) => versionOf(key) ?? []))];
  const built = await Promise.all([0, 1, 2, 3, 4].map((at) => build(at * 1_000)));
  const names = built.map(({ reference }) => reference.version);
  for (const one of built.slice(0, 4)) await publish(one, TARGET);
  expect(LIMITS.versionsKept).toBe(3);
  expect(versions()).toEqual(names.slice(1, 4));

  // Gone back to the oldest that is left; then a new one comes.
  store.values.set(POINTER_KEY, encodeJson({ ...built[1]!.reference, since: 0, previous: null }));
  await publish(built[4]!, TARGET);
  expect(versions()).toEqual([names[1], ...names.slice(2)]);
  expect([...store.values.keys()].filter((key) => key.includes(names[1]!))).toHaveLength(built[1]!.entries.length);

  store.failing = store.writes.length + 2;
  await expect(publish(await build(5_000), TARGET)).rejects.toThrow();
  expect(versions()).toEqual(expect.arrayContaining(names.slice(1)));
});
