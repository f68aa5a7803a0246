import { afterAll, beforeAll, expect, test } from 'vitest';
import { withRecordedStart } from '../../src/training/record-start.ts';
import { publishTo } from '../fixtures/publish.ts';
import { makeServableShop, startWorker, type RunningWorker } from './harness.ts';

let shop: RunningWorker;
let version: string;

beforeAll(async () => {
  shop = await startWorker();
  ({ version } = await publishTo(shop.kv, await withRecordedStart(makeServableShop()), 0));
});
afterAll(() => shop?.close());

test('a cold isolate answers at once, degraded; the next answers are whole', async () => {
  const request = { history: ['i3', 'i7'], limit: 20 };
  const cold = await shop.recommend(request);
  expect(cold.status).toBe(200);
  expect(cold.body).toMatchObject({ snapshot: version, degraded: ['transformer'], unknown: [] });
  expect(cold.body.items).toHaveLength(20);

  const warm = await shop.recommend(request);
  expect(warm.body).toMatchObject({ snapshot: version, degraded: [], unknown: [] });
  expect(warm.body.items.map(({ id, score }) => [id, score])).not.toEqual(cold.body.items.map(({ id, score }) => [id, score]));
  expect(warm.body.items.find(({ id }) => id === 'i8')).toEqual({
    id: 'i8',
    title: 'LIGHTS NUMBER 8',
    price: 5,
    score: expect.any(Number),
    reason: { kind: 'goes-with', text: 'Goes with BAGS NUMBER 7', because: ['i7'] },
  });
  expect(warm.body.items.every(({ reason }) => reason.text !== '' && reason.because.every((id) => request.history.includes(id)))).toBe(
    true,
  );
  expect(warm.headers.get('server-timing')).toMatch(/^session;dur=\d.*encode;dur=\d.*candidates;dur=\d.*, total;dur=\d/);
});

test('the same history gets the same answer, another one another', async () => {
  const items = async (...history: string[]) => (await shop.recommend({ history })).body.items;
  const first = await items('i3', 'i7');
  const [again, other, longer] = await Promise.all([items('i3', 'i7'), items('i7', 'i3'), items('i3', 'i7', 'i20')]);
  expect(again).toEqual(first);
  expect(other).not.toEqual(first);
  expect(longer).not.toEqual(first);
});

test('the other routes answer from the same version', async () => {
  const [found, item, similar, popular, health] = await Promise.all(
    ['/v1/items?q=bags&limit=2', '/v1/items/i7', '/v1/items/i7/similar?limit=3', '/v1/popular?limit=3', '/v1/health'].map((path) =>
      shop.get(path),
    ),
  );
  expect(found!.body).toMatchObject({ items: [{ id: 'i1' }, { id: 'i4' }], total: 13 });
  expect(item!.body).toMatchObject({ id: 'i7', title: 'BAGS NUMBER 7', price: 4.5, categories: ['bags'], available: true });
  expect(similar!.body).toMatchObject({ snapshot: version, items: [{}, {}, {}] });
  expect(popular!.body).toMatchObject({ snapshot: version, items: [{ id: 'i0' }, { id: 'i1' }, { id: 'i2' }] });
  expect(health!.body).toMatchObject({ status: 'ok', snapshot: version, items: 40, runtimeReady: true });
  expect(health!.body).not.toHaveProperty('startFault'); // what Node recorded was restored here
});

test('a fault is told in the same words as everywhere', async () => {
  const refused = await shop.recommend({ limit: 101 });
  expect([refused.status, refused.body]).toEqual([
    400,
    { error: { code: 'invalid_request', message: 'limit: a limit is at most 100', path: 'limit', requestId: expect.any(String) } },
  ]);
  const missing = await shop.get('/v1/nothing');
  expect([missing.status, missing.body]).toMatchObject([404, { error: { code: 'route_not_found' } }]);
});

test('the page is served, with the headers that keep it safe', async () => {
  const get = (path: string) => fetch(new URL(path, shop.url));
  const page = await get('/');
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
  expect(page.headers.get('x-content-type-options')).toBe('nosniff');
  expect(page.headers.get('referrer-policy')).toBe('no-referrer');
  const [, script] = /<script type="module" src="([^"]+)"/.exec(await page.text())!;
  expect((await get(script!)).headers.get('content-type')).toContain('text/javascript');
  expect((await get('/_headers')).status).toBe(404);
  expect(await (await get('/v1/health')).json()).toMatchObject({ status: 'ok' });
});
