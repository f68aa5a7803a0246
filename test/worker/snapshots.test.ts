import { env } from 'cloudflare:workers';
import { applyD1Migrations } from 'cloudflare:test';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { chooseHistories, shareLost } from '../../src/catalog/canaries.ts';
import { Items } from '../../src/catalog/columns/items.ts';
import { diffItems } from '../../src/catalog/diff.ts';
import { parsePointer } from '../../src/catalog/manifest.ts';
import { POINTER_KEY, shardKey } from '../../src/catalog/storage.ts';
import { outdatedKeys, versionsIn } from '../../src/catalog/versions.ts';
import { LIMITS } from '../../src/domain/limits.ts';
import type { Recommendation } from '../../src/domain/recommendation.ts';
import { publishTo } from '../fixtures/publish.ts';
import { makeShop } from '../fixtures/shop.ts';
import { CHECK_EVERY_MS, clearStorage, startService, type ErrorBody } from './service.ts';

beforeAll(() => applyD1Migrations(env.FEEDBACK, env.MIGRATIONS));
beforeEach(async () => {
  await env.FEEDBACK.exec('DELETE FROM items');
  await clearStorage();
});

const pointer = async () => parsePointer(new Uint8Array((await env.SNAPSHOTS.get(POINTER_KEY, 'arrayBuffer'))!));
const publishTwo = async () => {
  const one = await publishTo(env.SNAPSHOTS, makeShop(), 0);
  return { one, two: await publishTo(env.SNAPSHOTS, makeShop({ items: 12 }), 1_000, one) };
};

test('versions are listed, newest first, with what is in them', async () => {
  const service = startService();
  expect(await (await service.get('/v1/snapshots')).json()).toEqual({ live: null, previous: null, snapshots: [] });
  const { one, two } = await publishTwo();
  const listed = { createdAt: expect.any(String), catalogue: 'shop', upTo: 0, bytes: expect.any(Number) };
  expect(await (await service.get('/v1/snapshots')).json()).toEqual({
    live: two.version,
    previous: one.version,
    snapshots: [
      { ...listed, version: two.version, items: 12 },
      { ...listed, version: one.version, items: 40 },
    ],
  });
});

test('an older version is made live again, and then the newer one', async () => {
  const { one, two } = await publishTwo();
  const service = startService();
  for (const [to, from, items] of [
    [one, two, 40],
    [two, one, 12],
  ] as const) {
    const response = await service.fetch(`/v1/snapshots/${to.version}/activate`, { method: 'POST' });
    expect([response.status, await response.json()]).toEqual([200, { live: to.version, previous: from.version }]);
    service.clock.nowMs += CHECK_EVERY_MS;
    await service.get('/v1/health');
    expect((await (await service.post({ limit: 100 })).json<Recommendation>()).items).toHaveLength(items);
  }
  const again = await service.fetch(`/v1/snapshots/${two.version}/activate`, { method: 'POST' });
  expect([again.status, (await pointer()).previous?.version]).toEqual([200, one.version]);
});

test('what is not there, or not whole, does not go live', async () => {
  const { one, two } = await publishTwo();
  const service = startService();
  const unknown = await service.fetch('/v1/snapshots/2020/activate', { method: 'POST' });
  expect([unknown.status, (await unknown.json<ErrorBody>()).error.code]).toEqual([404, 'snapshot_not_found']);
  await env.SNAPSHOTS.delete(shardKey(one.version, 'rules', 0));
  const damaged = await service.fetch(`/v1/snapshots/${one.version}/activate`, { method: 'POST' });
  expect([damaged.status, (await damaged.json<ErrorBody>()).error.code]).toEqual([409, 'snapshot_damaged']);
  expect((await pointer()).version).toBe(two.version);
});

test('the newest versions are kept, the live one and the one before it', () => {
  const versions = Array.from({ length: LIMITS.versionsKept + 3 }, (_, at) => `2026-0${at + 1}`);
  const keys = [POINTER_KEY, ...versions.flatMap((version) => [shardKey(version, 'items', 0), shardKey(version, 'rules', 0)])];
  const kept = { version: versions[0]!, previous: { version: versions[2]!, manifestSha256: '' } };
  expect(versionsIn(outdatedKeys(keys, kept))).toEqual([versions[1]]);
  expect(outdatedKeys(keys, kept)).toHaveLength(2);
});

test('two versions differ by their items', () => {
  const { items } = makeShop({ items: 3 });
  const after = [{ ...items[0]!, price: 7 }, items[1]!, { ...items[2]!, id: 'new' }];
  expect(diffItems(Items.of(items), Items.of(after))).toEqual({ added: ['new'], gone: ['i2'], changed: ['i0'] });
});

test('and by what they recommend to histories of popular items', () => {
  const items = Items.of(makeShop().items);
  const byPopularity = Uint32Array.from({ length: items.length }, (_, row) => row);
  const histories = chooseHistories({ items, byPopularity });
  expect(chooseHistories({ items, byPopularity })).toEqual(histories);
  expect(histories.every((history) => history.length === 3 && history.every((id) => /^i\d+$/.test(id)))).toBe(true);
  expect(
    shareLost(
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
      [
        ['b', 'a'],
        ['d', 'e'],
      ],
    ),
  ).toBe(0.25);
  expect(shareLost([[]], [['a']])).toBe(0);
});
