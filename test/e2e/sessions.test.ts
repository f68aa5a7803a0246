import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RecommendedItem } from '../../src/domain/recommendation.ts';
import { publishTo } from '../fixtures/publish.ts';
import { makeServableShop, startWorker, type RunningWorker } from './harness.ts';

const USERS = 30;

let shop: RunningWorker;
beforeAll(async () => {
  shop = await startWorker({ INTERACTION_TYPES: '{"wishlist": 2}' });
  await publishTo(shop.kv, makeServableShop(), 0);
  await shop.recommend({}); // the first answer starts the encoder
  await shop.recommend({ history: ['i1'] });
});
afterAll(() => shop?.close());

const click = (user: string, item: string, fields: object = {}) => ({ id: `click on ${item}`, user, item, type: 'click', ...fields });
const idsOf = (items: readonly RecommendedItem[]) => items.map(({ id }) => id);
/** Row of the item that a user clicked on, in the tests with many users. */
const rowOf = (user: number) => user;

/** What a user is recommended, which must be whole. */
async function itemsFor(user: string, limit = 40): Promise<readonly RecommendedItem[]> {
  const { status, body } = await shop.recommend({ user, limit });
  expect([status, body.degraded, body.unknown]).toEqual([200, [], []]);
  return body.items;
}

/** The item that goes with the one in this row is recommended, and because of it. */
function expectReason(items: readonly RecommendedItem[], row: number) {
  const next = items.find(({ id }) => id === `i${row + 1}`);
  expect(next?.reason).toMatchObject({ kind: 'goes-with', because: [`i${row}`] });
  expect(idsOf(items)).not.toContain(`i${row}`);
}

test('a click changes the very next answer, which names it', async () => {
  const before = await itemsFor('ann');
  expect(new Set(before.map(({ reason }) => reason.kind))).toEqual(new Set(['popular']));
  expect(await shop.record(click('ann', 'i7'))).toMatchObject({ status: 200, body: { accepted: 1, duplicates: 0 } });
  const after = await itemsFor('ann');
  expect(idsOf(after)).not.toEqual(idsOf(before));
  expectReason(after, 7);
  expect(after).toEqual((await shop.recommend({ history: ['i7'], limit: 40 })).body.items);
});

test('so does every further one', async () => {
  for (const row of [10, 20, 30]) {
    await shop.record(click('bob', `i${row}`, { type: 'wishlist' }));
    expectReason(await itemsFor('bob'), row);
  }
});

test('while many other users write', async () => {
  const users = Array.from({ length: USERS }, (_, user) => `user ${user}`);
  const answers = await Promise.all(
    users.map(async (user, index) => {
      await shop.record(click(user, `i${rowOf(index)}`));
      return itemsFor(user);
    }),
  );
  answers.forEach((items, index) => expectReason(items, rowOf(index)));
});

test('after the session was out of memory', async () => {
  await shop.record(click('eve', 'i7'));
  const before = await itemsFor('eve');
  await shop.evict('eve');
  expect(await itemsFor('eve')).toEqual(before);
  await shop.evict('eve');
  expect(await shop.record(click('eve', 'i7'), click('eve', 'i20'))).toMatchObject({ body: { accepted: 1, duplicates: 1 } });
  expectReason(await itemsFor('eve'), 20);
});

test('until it is erased', async () => {
  await shop.record(click('joe', 'i7'));
  expect(await shop.get('/v1/users/joe')).toMatchObject({ status: 200, body: { id: 'joe', history: ['i7'], counts: { click: 1 } } });
  expect(await shop.get('/v1/users/joe', { method: 'DELETE' })).toMatchObject({ status: 202 });
  expect(await shop.get('/v1/users/joe')).toMatchObject({ status: 404, body: { error: { code: 'user_not_found' } } });
  expect((await itemsFor('joe')).every(({ reason }) => reason.kind === 'popular')).toBe(true);
});
