import { env } from 'cloudflare:workers';
import { applyD1Migrations } from 'cloudflare:test';
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { Catalogue } from '../../src/catalog/items/catalogue.ts';
import { tenantsWithItems } from '../../src/catalog/items/tenants.ts';
import { parseOverlay } from '../../src/catalog/overlay/overlay.ts';
import { publishOverlay } from '../../src/catalog/overlay/publish-overlay.ts';
import { publishOverlays } from '../../src/catalog/overlay/publish-overlays.ts';
import { OVERLAY_KEY } from '../../src/catalog/storage.ts';
import { LIMITS } from '../../src/domain/limits.ts';
import type { Recommendation } from '../../src/domain/recommendation.ts';
import { makeCatalogueItem } from '../fixtures/catalogue-item.ts';
import { publishTo } from '../fixtures/publish.ts';
import { makeShop } from '../fixtures/shop.ts';
import { CHECK_EVERY_MS, clearStorage, kvStorage, kvWriter, START_MS, startService } from './service.ts';

beforeAll(() => applyD1Migrations(env.FEEDBACK, env.MIGRATIONS));
beforeEach(async () => {
  await env.FEEDBACK.exec('DELETE FROM items');
  await clearStorage();
  await publishTo(env.SNAPSHOTS, makeShop(), 0);
});

type Service = ReturnType<typeof startService>;
const put = (service: Service, ...items: readonly object[]) =>
  service.fetch('/v1/items', { method: 'PUT', body: JSON.stringify({ items }) });
const patch = (service: Service, id: string, change: object) =>
  service.fetch(`/v1/items/${id}`, { method: 'PATCH', body: JSON.stringify(change) });
const recommend = async (service: Service, body: object) => (await service.post({ limit: 100, ...body })).json<Recommendation>();
const idsFor = async (service: Service, body: object = {}) => (await recommend(service, body)).items.map(({ id }) => id);
const published = async () => parseOverlay(new Uint8Array((await env.SNAPSHOTS.get(OVERLAY_KEY, 'arrayBuffer'))!));
/** As in a minute: who reads looks again. */
const later = async (service: Service) => {
  service.clock.nowMs += CHECK_EVERY_MS;
  await service.get('/v1/health');
};

const MUG = { id: 'new mug', title: 'MUGS NUMBER NINE', categories: ['mugs'], price: 3 };

describe('a change through the interface', () => {
  test('is obeyed by the next answer of the same isolate, before anything is published', async () => {
    const write = vi.spyOn(env.SNAPSHOTS, 'put').mockRejectedValue(new Error('KV is away'));
    const logged = vi.spyOn(console, 'error').mockReturnValue(undefined);
    const service = startService();
    const history = ['i7'];
    expect(await idsFor(service, { history })).toContain('i8');
    for (const [change, shown] of [
      [{ hidden: true }, false],
      [{ hidden: false }, true],
      [{ available: false }, false],
      [{ available: true }, true],
    ] as const) {
      expect((await patch(service, 'i8', change)).status).toBe(200);
      expect((await idsFor(service, { history })).includes('i8')).toBe(shown);
    }
    await patch(service, 'i8', { price: 77, title: 'NEW LIGHTS' });
    expect((await recommend(service, { history })).items.find(({ id }) => id === 'i8')).toMatchObject({ price: 77, title: 'NEW LIGHTS' });
    await service.fetch('/v1/items/i8', { method: 'DELETE' });
    for (const path of ['/v1/popular?limit=100', '/v1/items?limit=100', '/v1/items/i7/similar?limit=100', '/v1/trending?limit=100'])
      expect((await (await service.get(path)).json<Recommendation>()).items.map(({ id }) => id)).not.toContain('i8');
    expect(logged).toHaveBeenCalledWith(expect.stringContaining('overlay_unpublished'));
    write.mockRestore();
    logged.mockRestore();
  });

  test('is obeyed by filters', async () => {
    const service = startService();
    expect(await idsFor(service, { filter: 'price < 2' })).toEqual(['i0', 'i1']);
    await put(service, { ...MUG, price: 1 });
    await patch(service, 'i0', { hidden: true });
    expect((await idsFor(service, { filter: 'price < 2' })).toSorted()).toEqual(['i1', 'new mug']);
  });

  test('is obeyed elsewhere as soon as the overlay is looked at, and by who starts cold', async () => {
    const [here, there] = [startService(), startService()];
    await idsFor(there);
    await patch(here, 'i8', { hidden: true });
    await put(here, MUG);
    expect(await idsFor(there)).toContain('i8');
    await later(there);
    for (const service of [there, startService()]) {
      const ids = await idsFor(service);
      expect([ids.includes('i8'), ids.includes('new mug')]).toEqual([false, true]);
      // The version as it was published is the beginning of what is served: it has no vectors of its own.
      const { base, current } = service.store;
      expect(current!.snapshot.vectors.count).toBe(base!.vectors.count + 1);
      expect(base!.vectors.codes.buffer).toBe(current!.snapshot.vectors.codes.buffer);
    }
  });

  test('keeps the models running', async () => {
    let opened = 0;
    const openModel = async () => {
      opened++;
      return { run: () => Promise.reject(new Error('not asked for')), release: async () => undefined };
    };
    const service = startService({ openModel });
    await idsFor(service);
    await patch(service, 'i8', { hidden: true });
    await put(service, MUG);
    await idsFor(service);
    expect([opened, service.store.current!.encoderReady]).toEqual([2, true]);
  });
});

describe('a new item', () => {
  test('is recommended to who turned to what says the same, with no word of its past', async () => {
    const service = startService();
    await idsFor(service);
    await put(service, MUG);
    const { items } = await recommend(service, { history: ['i0', 'i9'], limit: 10 });
    expect(items.find(({ id }) => id === 'new mug')).toMatchObject({ title: MUG.title, price: 3 });
    const strangers = await recommend(service, { history: ['i1', 'i4'], limit: 10 });
    expect(strangers.items.map(({ id }) => id)).not.toContain('new mug');
    expect((await recommend(service, { history: ['new mug'] })).unknown).toEqual([]);
  });

  test('is placed once: the overlay is not written again while nothing changes', async () => {
    const service = startService();
    await idsFor(service);
    await put(service, MUG);
    const first = await published();
    expect(first.changes[0]!.embedding!.near.map(([id]) => id)).toContain('i0');
    const write = vi.spyOn(kvWriter, 'write');
    await service.overlay.publish();
    expect(write).not.toHaveBeenCalled();
    await patch(service, 'i8', { hidden: true });
    expect((await published()).changes.find(({ id }) => id === 'new mug')).toEqual(first.changes[0]);
    write.mockRestore();
  });

  test('is placed anew among the items of another version', async () => {
    const service = startService();
    await idsFor(service);
    await put(service, MUG);
    const { version } = await publishTo(env.SNAPSHOTS, makeShop({ items: 41 }), 1_000);
    await later(service);
    await service.overlay.publish();
    const overlay = await published();
    expect(overlay.version).toBe(version);
    expect(overlay.changes[0]!.embedding).toBeDefined();
  });
});

test('an overlay that cannot be read is no empty one: who starts cold waits, who serves goes on', async () => {
  const service = startService();
  await patch(service, 'i8', { hidden: true });
  await env.SNAPSHOTS.put(OVERLAY_KEY, 'garbage');
  expect(await recommend(startService(), {})).toMatchObject({ items: [], degraded: ['snapshot'] });
  await later(service);
  expect(await idsFor(service)).not.toContain('i8');
  const away = startService({
    storage: { read: async (key, seconds) => (key === OVERLAY_KEY ? Promise.reject(new Error('away')) : kvStorage.read(key, seconds)) },
  });
  expect((await recommend(away, {})).degraded).toEqual(['snapshot']);
});

test('a version that an overlay does not reach back to waits for one that does', async () => {
  const service = startService();
  const { version } = service.store.current?.snapshot ?? { version: undefined };
  expect(version).toBeUndefined();
  await patch(service, 'i8', { hidden: true });
  const told = await published();
  await env.SNAPSHOTS.put(OVERLAY_KEY, JSON.stringify({ ...told, since: 1, changes: [] }));
  const fresh = startService();
  expect(await recommend(fresh, {})).toMatchObject({ items: [], degraded: ['snapshot'] });
  await fresh.overlay.publish();
  fresh.clock.nowMs += CHECK_EVERY_MS;
  const ids = await idsFor(fresh);
  expect([ids.length, ids.includes('i8')]).toEqual([39, false]);
});

test('what the overlay has no room for: all that may not be shown is told', async () => {
  const catalogue = new Catalogue(env.FEEDBACK, 'default');
  const writes = (from: number, count: number, hidden: boolean) =>
    Array.from({ length: count }, (_, at) => {
      const item = makeCatalogueItem({ id: `m${from + at}`, hidden });
      return { item, hash: `${from + at} ${hidden}`, createdMs: 0 };
    });
  await catalogue.write(writes(0, 3, true), 0);
  await catalogue.write(writes(3, LIMITS.overlayItems - 2, false), 0);
  const served = undefined;
  const full = await publishOverlay({ storage: kvWriter, catalogue, served });
  expect(full.changes).toHaveLength(LIMITS.overlayItems + 1);
  expect(full.changes.filter(({ item }) => item === null).map(({ id }) => id)).toEqual(['m0']);
  await catalogue.write(writes(5_000, 2, false), 0);
  const fuller = await publishOverlay({ storage: kvWriter, catalogue, served });
  expect(fuller.changes.filter(({ item }) => item === null).map(({ id }) => id)).toEqual(['m2', 'm1', 'm0']);
  expect(fuller.changes).toHaveLength(LIMITS.overlayItems + 3);
  expect(await catalogue.withdrawnSince(0, 4, 2)).toHaveLength(2);
});

describe('the overlays of all tenants', () => {
  const item = makeCatalogueItem(MUG);
  const write = (tenant: string) => new Catalogue(env.FEEDBACK, tenant).write([{ item, hash: 'h', createdMs: 0 }], 0);

  test('are looked after for those that wrote items', async () => {
    expect(await tenantsWithItems(env.FEEDBACK)).toEqual([]);
    for (const tenant of ['default', 'acme', 'zoo']) await write(tenant);
    expect(await tenantsWithItems(env.FEEDBACK)).toEqual(['acme', 'default', 'zoo']);
  });

  test('are published where they lack something, and a tenant whose overlay lacks nothing is not loaded', async () => {
    const service = startService();
    await write('default');
    await publishOverlays(['default'], () => service, START_MS);
    expect((await published()).changes).toMatchObject([{ id: 'new mug', embedding: expect.anything() }]);
    const [idle] = [startService()];
    await publishOverlays(['default'], () => idle, START_MS);
    expect(idle.store.current).toBeUndefined();
    const { version } = await publishTo(env.SNAPSHOTS, makeShop(), 9_000);
    await publishOverlays(['default'], () => idle, START_MS);
    expect((await published()).version).toBe(version);
  });

  test('that cannot be published do not keep the others from it', async () => {
    const logged = vi.spyOn(console, 'error').mockReturnValue(undefined);
    await write('default');
    const service = startService();
    const broken = { store: service.store, overlay: { isDue: async () => true, publish: () => Promise.reject(new Error('KV is away')) } };
    await publishOverlays(['acme', 'default'], (tenant) => (tenant === 'acme' ? broken : service), START_MS);
    expect(logged).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('"tenant":"acme"'));
    expect((await published()).changes).toHaveLength(1);
    logged.mockRestore();
  });
});
