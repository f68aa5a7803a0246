import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Recommendation } from '../../src/domain/recommendation.ts';
import { publishTo } from '../fixtures/publish.ts';
import { makeServableShop, startWorker, type RunningWorker } from './harness.ts';

/** Looks in which something must come about; a bound so that what never does fails instead of hanging. */
const LOOKS_MAX = 100;

/** The life of one catalogue: its tests follow on one another. */
let worker: RunningWorker;
let published: string;
beforeAll(async () => {
  worker = await startWorker({ SNAPSHOT_CHECK_MS: '0' });
  published = (await publishTo(worker.kv, makeServableShop(), 0)).version;
  await until(async () => (await ask()).body.degraded.length === 0);
});
afterAll(() => worker?.close());

const MUG = { id: 'new mug', title: 'MUGS NUMBER NINE', categories: ['mugs'], price: 3 };
const HISTORY = ['i0', 'i9', 'i3'];
const ask = () => worker.recommend({ history: HISTORY, limit: 40 });
const idsNow = async () => (await ask()).body.items.map(({ id }) => id);

async function until(condition: () => Promise<boolean>) {
  for (let looks = 0; !(await condition()); looks++) {
    expect(looks).toBeLessThan(LOOKS_MAX);
    await sleep(100);
  }
}

/** Lets the hourly trigger go off, and tells how the refresh that it begins ends. */
async function refreshByCron() {
  const known = new Set(((await worker.get('/v1/refresh')).body as Refreshes).refreshes.map(({ id }) => id));
  await worker.cron('17 * * * *');
  let latest: Refreshes['refreshes'][number] | undefined;
  await until(async () => {
    [latest] = ((await worker.get('/v1/refresh')).body as Refreshes).refreshes;
    return latest !== undefined && !known.has(latest.id) && latest.outcome !== 'running';
  });
  return latest!;
}

interface Refreshes {
  readonly refreshes: { readonly id: string; readonly outcome: string; readonly version?: string; readonly learned?: number }[];
}

test('an item of which there is only a text is recommended to who turned to what says the same, within a minute', async () => {
  expect(await idsNow()).not.toContain('new mug');
  expect((await worker.send('PUT', '/v1/items', { items: [MUG] })).status).toBe(200);
  await worker.cron('* * * * *');
  await until(async () => (await idsNow()).includes('new mug'));
  const { body } = await ask();
  expect(body).toMatchObject({ snapshot: published, degraded: [] });
  const { score } = body.items.find(({ id }) => id === 'new mug')!;
  expect(Number.isFinite(score)).toBe(true);
});

test('an item that is hidden is gone from the next answer', async () => {
  expect(await idsNow()).toContain('i8');
  const similarTo7 = async () => ((await worker.get('/v1/items/i7/similar?limit=40')).body as Recommendation).items.map(({ id }) => id);
  const explained = '/v1/explanations/goes-with:en:i8:i7';
  expect([(await similarTo7()).includes('i8'), (await worker.get(explained)).status]).toEqual([true, 200]);
  expect((await worker.send('PATCH', '/v1/items/i8', { hidden: true })).status).toBe(200);
  expect(await idsNow()).not.toContain('i8');
  expect(await similarTo7()).not.toContain('i8');
  for (const path of ['/v1/items/i8/similar', explained]) expect((await worker.get(path)).status).toBe(404);
});

test('a refresh brings both into a snapshot, and answers stay what they were', async () => {
  const before = await idsNow();
  expect(await refreshByCron()).toMatchObject({ outcome: 'refreshed', items: 41 });
  await until(async () => (await ask()).body.snapshot !== published);
  expect((await idsNow()).toSorted()).toEqual(before.toSorted());
  expect((await worker.get('/v1/health')).body).toMatchObject({ items: 41, lastRefresh: { outcome: 'refreshed' } });
  expect(await refreshByCron()).toMatchObject({ outcome: 'unchanged' });
});

test('a roll-back serves what was served before, and what changed since is obeyed all the same', async () => {
  const { live, previous } = (await worker.get('/v1/snapshots')).body as { live: string; previous: string };
  expect([live === published, previous]).toEqual([false, published]);
  expect((await worker.send('POST', `/v1/snapshots/${published}/activate`)).status).toBe(200);
  await until(async () => (await ask()).body.snapshot === published);
  const ids = await idsNow();
  expect([ids.includes('i8'), ids.includes('new mug')]).toEqual([false, true]);
  expect((await worker.send('POST', '/v1/snapshots/no-such-version/activate')).status).toBe(404);
  expect(((await worker.get('/v1/snapshots')).body as { live: string }).live).toBe(published);
});

test('a refresh learns from what users did with an item that no model knows', async () => {
  const visits = (user: string) => ['i3', 'new mug'].map((item) => ({ id: `${user} ${item}`, user, item, type: 'view' }));
  const users = Array.from({ length: 6 }, (_, at) => `visitor ${at}`);
  for (const user of users) for (const visit of visits(user)) expect((await worker.record(visit)).status).toBe(200);
  // The interactions reach the counters by the queue, in their own time.
  await until(async () => (await refreshByCron()).learned === 1);
  await until(async () => {
    const { body } = await worker.recommend({ history: ['i3'], limit: 40 });
    const { kind, because } = body.items.find(({ id }) => id === 'new mug')?.reason ?? {};
    return kind === 'goes-with' && because?.[0] === 'i3';
  });
});
