import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeKeyring, KEYRING_KEY, makeKey } from '../../src/access/keyring.ts';
import type { Role } from '../../src/domain/caller.ts';
import { publishTo, type KvForTests } from '../fixtures/publish.ts';
import { makeServableShop, startWorker, type RunningWorker } from './harness.ts';

let shop: RunningWorker;
const keys = new Map<string, string>();
beforeAll(async () => {
  shop = await startWorker({
    ACCESS: 'keys',
    CORS_ORIGINS: 'https://shop.example',
    SIGNING_SECRET: 'a secret for tests, and for tests only',
  });
  const made = await Promise.all(
    (['default', 'acme'] as const).flatMap((tenant) =>
      (['server', 'public'] as const).map(async (role: Role) => {
        const { text, stored } = await makeKey({ role, tenant, name: '' }, crypto.getRandomValues(new Uint8Array(32)), 0);
        keys.set(`${tenant} ${role}`, text);
        return stored;
      }),
    ),
  );
  await shop.kv.put(KEYRING_KEY, encodeKeyring(made));
  await publishTo(shop.kv, makeServableShop(), 0);
  const ofAcme: Pick<KvForTests, 'put'> = { put: (key, value) => shop.kv.put(`tenants/acme/${key}`, value) };
  await publishTo(ofAcme, makeServableShop({ items: 30, idPrefix: 'acme-' }), 0);
});
afterAll(() => shop?.close());

const as = (who: string, body?: object, headers: Record<string, string> = {}) => ({
  headers: { Authorization: `Bearer ${keys.get(who)!}`, ...headers },
  ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
});

test('nobody comes in without a key; health says so', async () => {
  expect(await shop.get('/v1/popular')).toMatchObject({ status: 401, body: { error: { code: 'key_required' } } });
  expect(await shop.get('/v1/health')).toMatchObject({ status: 200, body: { access: 'keys', rateLimits: true } });
});

test('a key opens the catalogue and the users of its tenant only', async () => {
  const popular = async (who: string) => (await shop.get('/v1/popular?limit=1', as(who))).body as { items: { id: string }[] };
  expect((await popular('default public')).items[0]!.id).toBe('i0');
  expect((await popular('acme public')).items[0]!.id).toBe('acme-0');
  const click = { interactions: [{ id: 'e1', user: 'ann', item: 'i7', type: 'click' }] };
  expect((await shop.get('/v1/interactions', as('default server', click))).status).toBe(200);
  expect(await shop.get('/v1/users/ann', as('default server'))).toMatchObject({ status: 200, body: { history: ['i7'] } });
  expect(await shop.get('/v1/users/ann', as('acme server'))).toMatchObject({ status: 404, body: { error: { code: 'user_not_found' } } });
});

test('a visitor clicks with a public key, logs in, and is recommended the same as the user', async () => {
  const { visitor, token } = (await shop.get('/v1/visitors', as('default public', {}))).body as { visitor: string; token: string };
  const clicked = { interactions: [{ id: 'e1', user: visitor, item: 'i7', type: 'click' }], token };
  const beacon = { method: 'POST', body: JSON.stringify(clicked), headers: { Origin: 'https://shop.example' } };
  const sent = await shop.get(`/v1/interactions?key=${keys.get('default public')!}`, beacon);
  expect([sent.status, sent.headers.get('access-control-allow-origin')]).toEqual([200, 'https://shop.example']);
  const ask = async (user: string, who: string, headers: Record<string, string> = {}) =>
    (await shop.get('/v1/recommendations', as(who, { user, limit: 40 }, headers))).body as { items: { id: string; reason: object }[] };
  const before = (await ask(visitor, 'default public', { 'Edgewise-Token': token })).items.find(({ id }) => id === 'i8');
  expect(before?.reason).toMatchObject({ kind: 'goes-with', because: ['i7'] });
  const merged = await shop.get('/v1/users/eve/merge', as('default server', { visitor, token }));
  expect(merged).toMatchObject({ status: 200, body: { id: 'eve', merged: 1 } });
  expect((await ask('eve', 'default server')).items.find(({ id }) => id === 'i8')?.reason).toEqual(before?.reason);
});
