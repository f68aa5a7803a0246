import { env } from 'cloudflare:workers';
import { applyD1Migrations } from 'cloudflare:test';
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { syncVectors, type VectorSync } from '../../src/catalog/vectors/sync-vectors.ts';
import { MARKS, VectorSpace, type VectorIndex } from '../../src/catalog/vectors/vector-space.ts';
import { VectorVersions } from '../../src/catalog/vectors/vector-versions.ts';
import { LIMITS } from '../../src/domain/limits.ts';
import { DEFAULT_TENANT } from '../../src/domain/tenant.ts';
import { createScanner } from '../../src/kernel/scan.ts';
import scan from '../../src/kernel/scan.wasm';
import { parseFilter } from '../../src/recommend/filter/parse.ts';
import { recommend } from '../../src/recommend/recommend.ts';
import { fillRequest } from '../../src/recommend/request.ts';
import { Serving } from '../../src/recommend/serving.ts';
import { Stopwatch } from '../../src/recommend/stopwatch.ts';
import { VECTOR_CANDIDATES, VectorCandidates } from '../../src/recommend/vector-candidates.ts';
import { vectorFilter } from '../../src/recommend/vector-filter.ts';
import { publishTo } from '../fixtures/publish.ts';
import { makeShop } from '../fixtures/shop.ts';
import { VectorStandIn } from '../fixtures/vector-index.ts';
import { clearStorage, kvWriter, openMean, startService } from './service.ts';

const ITEMS = 2_500;
const shop = makeShop({ items: ITEMS });
const versions = new VectorVersions(env.FEEDBACK, DEFAULT_TENANT);

beforeAll(() => applyD1Migrations(env.FEEDBACK, env.MIGRATIONS));
beforeEach(async () => {
  await env.FEEDBACK.exec('DELETE FROM vector_versions');
  await clearStorage();
  await publishTo(env.SNAPSHOTS, shop, 0);
});

const syncInto = (index: VectorIndex): VectorSync => ({ tenant: DEFAULT_TENANT, storage: kvWriter, index, versions });
async function indexed(): Promise<VectorStandIn> {
  const index = new VectorStandIn();
  await syncVectors(syncInto(index));
  return index;
}

/** The live version, whose candidates an index finds. */
async function serve(index: Pick<VectorIndex, 'query' | 'getByIds'> | undefined) {
  const { store, clock } = startService();
  await store.open(0);
  const faults: unknown[] = [];
  const vectors =
    index &&
    new VectorCandidates({
      tenant: DEFAULT_TENANT,
      index,
      deadlineMs: 50,
      nowMs: () => clock.nowMs,
      onFault: (fault) => faults.push(fault),
    });
  const serving = new Serving(store.base!, {
    openScanner: (matrix) => createScanner(scan, matrix),
    openModel: openMean,
    ...(vectors && { vectors }),
  });
  await serving.startEncoder(0);
  const ask = (history: string[], filter?: string) =>
    recommend(
      fillRequest({
        history,
        limit: 10,
        nowMs: 0,
        random: () => 0.5,
        overrides: { sources: { transformer: 1 } },
        ...(filter && { filter: parseFilter(filter) }),
      }),
      serving,
      new Stopwatch(() => 0),
    );
  return { serving, ask, faults, clock };
}

describe('the vector index', () => {
  test('gives the candidates of the scan', async () => {
    const [byIndex, byScan] = [await serve(await indexed()), await serve(undefined)];
    for (let row = 0; row < 20; row++) {
      const user = new Float32Array(8);
      byScan.serving.scanner.read(row, user, 0);
      const exact = new Set(byScan.serving.scanner.nearest(user, VECTOR_CANDIDATES));
      const found = (await byIndex.serving.vectors!.nearest(user, byIndex.serving.snapshot.version, undefined))!;
      expect(found.filter((at) => exact.has(at)).length / VECTOR_CANDIDATES).toBeGreaterThanOrEqual(0.97); // the scan rounds the query
      expect(await byIndex.ask([`i${row}`])).toMatchObject({ items: { length: 10 }, degraded: [] });
    }
  });

  test('keeps to what it understands of a filter, and the rest is tested exactly', async () => {
    const { ask, serving } = await serve(await indexed());
    const { items } = await ask(['i3'], 'price < 300 && category("mugs")');
    expect(items.length).toBe(10);
    for (const { id, price } of items) {
      expect(price).toBeLessThan(300);
      expect(serving.snapshot.items.at(serving.snapshot.rowOf.get(id)!).categories).toEqual(['mugs']);
    }
    const understood = (filter: string) => vectorFilter(parseFilter(filter));
    expect(understood('price < 5 && price >= 2 && brand in ["a", "b"] && tag("x")')).toEqual({
      price: { $lt: 5, $gte: 2 },
      brand: { $in: ['a', 'b'] },
    });
    for (const filter of [
      'price < 5 || tag("x")',
      '!(price < 5)',
      'title == "x"',
      `brand in [${Array.from({ length: 75 }, (_, at) => `"brand ${at}"`).join()}]`,
    ])
      expect(understood(filter)).toEqual({});
  });

  test.for<[string, Pick<VectorIndex, 'query' | 'getByIds'>]>([
    ['fails', { query: () => Promise.reject(new Error('away')), getByIds: () => Promise.reject(new Error('away')) }],
    ['is late', { query: () => new Promise<never>(() => undefined), getByIds: () => new Promise<never>(() => undefined) }],
    ['is empty', new VectorStandIn()],
  ])('that %s shows, and fails nothing', async ([, index]) => {
    const { ask } = await serve(index);
    const answer = await ask(['i3']);
    expect(answer.degraded).toEqual(['vectors']);
  });

  test('that has another version, or only some of this one, is not believed', async () => {
    const index = await indexed();
    const { ask, serving } = await serve(index);
    const space = new VectorSpace(DEFAULT_TENANT, serving.snapshot.version);
    expect((await ask(['i3'])).degraded).toEqual([]);
    const stale = new VectorStandIn();
    for (const [id, vector] of index.kept) if (id !== space.mark) stale.kept.set(id, vector);
    expect((await (await serve(stale)).ask(['i3'])).degraded).toEqual(['vectors']);
    expect(space.rowOf(new VectorSpace(DEFAULT_TENANT, '2026-other-00000000').idOf(3))).toBeUndefined();
    expect(space.rowOf(space.idOf(3))).toBe(3);
    expect(space.rowOf(space.mark)).toBeUndefined();
  });

  test('that fails again and again is left alone for a while', async () => {
    const query = vi.fn(() => Promise.reject(new Error('away')));
    const { ask, clock, faults } = await serve({ query, getByIds: async () => [] });
    for (let at = 0; at < LIMITS.vectorFaults + 2; at++) expect((await ask(['i3'])).degraded).toEqual(['vectors']);
    expect([query.mock.calls.length, faults.length]).toEqual([LIMITS.vectorFaults, LIMITS.vectorFaults]);
    clock.nowMs += LIMITS.vectorPauseMs - 1;
    await ask(['i3']);
    expect(query).toHaveBeenCalledTimes(LIMITS.vectorFaults);
    clock.nowMs += 1;
    await ask(['i3']);
    expect(query).toHaveBeenCalledTimes(LIMITS.vectorFaults + 1);
  });
});

describe('the versions in it', () => {
  test('are the live one and the one before; others go once the new one is whole', async () => {
    const index = new VectorStandIn();
    const published: string[] = [];
    for (const atMs of [1_000, 2_000, 3_000]) {
      await publishTo(env.SNAPSHOTS, shop, atMs);
      const pointer = JSON.parse((await env.SNAPSHOTS.get('snapshot/current'))!) as { version: string };
      published.push(pointer.version);
      await syncVectors(syncInto(index)); // writes
      await syncVectors(syncInto(index)); // takes out
    }
    const inIndex = Map.groupBy(index.kept.values(), ({ namespace }) => namespace);
    const spaces = published.map((version) => new VectorSpace(DEFAULT_TENANT, version));
    expect(inIndex.get(spaces[2]!.namespace)).toHaveLength(ITEMS);
    expect(index.kept.has(spaces[2]!.mark)).toBe(true);
    const known = (await versions.all()).map(({ version }) => version);
    expect(new Set(inIndex.keys())).toEqual(
      new Set([...known.map((version) => new VectorSpace(DEFAULT_TENANT, version).namespace), MARKS]),
    );
    expect(inIndex.get(MARKS)).toHaveLength(known.length);
    expect(known.length).toBeLessThanOrEqual(2);
  });

  test('are written again from where it broke off', async () => {
    const index = new VectorStandIn();
    let calls = 0;
    const failing = new Proxy(index, {
      get: (target, name) =>
        name === 'upsert'
          ? (vectors: never) => (++calls === 2 ? Promise.reject(new Error('away')) : target.upsert(vectors))
          : Reflect.get(target, name),
    });
    await expect(syncVectors(syncInto(failing))).rejects.toThrow('away');
    expect(await versions.all()).toMatchObject([{ written: 1_000, ready: false }]);
    await syncVectors(syncInto(failing));
    expect(await versions.all()).toMatchObject([{ written: ITEMS, ready: true }]);
    expect(index.kept.size).toBe(ITEMS + 1);
    expect(calls).toBe(5); // 1, the fault, 2, and the mark
  });
});
