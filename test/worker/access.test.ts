import { applyD1Migrations } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { hashKey, keyId } from '../../src/access/key.ts';
import { KEYRING_KEY } from '../../src/access/keyring.ts';
import { LIMITS } from '../../src/domain/limits.ts';
import type { Recommendation } from '../../src/domain/recommendation.ts';
import { allowOrigins } from '../../src/http/auth/origins.ts';
import { Tokens } from '../../src/http/auth/tokens.ts';
import { publishTo } from '../fixtures/publish.ts';
import { makeShop } from '../fixtures/shop.ts';
import { expectFault, KEYS, makeKey, putKeys, SECRET, startGate, stored } from './gate.ts';
import { CHECK_EVERY_MS, START_MS } from './service.ts';

beforeAll(async () => {
  await applyD1Migrations(env.FEEDBACK, env.MIGRATIONS);
  await publishTo(env.SNAPSHOTS, makeShop(), 0);
});
/** Every test has users of its own. */
let ann = '';
beforeEach(() => {
  ann = `ann ${crypto.randomUUID()}`;
});
afterEach(() => vi.restoreAllMocks());

const click = (user: string) => ({ interactions: [{ id: 'e1', user, item: 'i7', type: 'click' }] });

describe('a key', () => {
  test('opens everything to a server', async () => {
    const { call, post } = startGate();
    expect((await post('/v1/interactions', KEYS.server, click(ann))).status).toBe(200);
    const answer = await (await post('/v1/recommendations', KEYS.server, { user: ann, limit: 40 })).json<Recommendation>();
    expect(answer.items.find(({ id }) => id === 'i8')?.reason.because).toEqual(['i7']);
    expect((await call(`/v1/users/${ann}`, KEYS.server)).status).toBe(200);
    expect((await call(`/v1/users/${ann}`, KEYS.server, { method: 'DELETE' })).status).toBe(202);
  });

  test('opens to a page what is anybody’s', async () => {
    const { call, post } = startGate();
    for (const path of ['/v1/items?q=bags', '/v1/items/i7', '/v1/items/i7/similar', '/v1/popular', '/v1/health'])
      expect((await call(path, KEYS.public)).status, path).toBe(200);
    expect((await call('/v1/popular', KEYS.public, { method: 'HEAD' })).status).toBe(200);
    expect((await post('/v1/recommendations', KEYS.public, { history: ['i7'] })).status).toBe(200);
  });

  test('is asked for, but not by health', async () => {
    const { call, post } = startGate();
    const refused = await call('/v1/popular');
    expect(refused.headers.get('www-authenticate')).toBe('Bearer');
    await expectFault(refused, 401, 'key_required');
    await expectFault(await post('/v1/recommendations', undefined, {}), 401, 'key_required');
    await expectFault(await call('/v1/nothing'), 401, 'key_required');
    expect(await (await call('/v1/health')).json()).toMatchObject({ access: 'keys', rateLimits: false });
  });

  const wrong: [name: string, key: () => string][] = [
    ['unknown', () => makeKey('server')],
    ['of one letter less', () => KEYS.server.slice(0, -1)],
    ['of another role', () => KEYS.public.replace('public', 'server')],
    ['of no role', () => KEYS.public.replace('public', 'admin')],
    ['its own hash', () => 'a'.repeat(64)],
  ];
  test.for(wrong)('that is wrong (%s) is refused, even where none is needed', async ([, key]) => {
    for (const access of ['open', 'keys'] as const) {
      await expectFault(await startGate({ access }).call('/v1/popular', key()), 401, 'invalid_key');
      await expectFault(await startGate({ access }).call('/v1/health', key()), 401, 'invalid_key');
    }
  });

  test.for(['Basic YTpi', 'Bearer', 'ew_server_x', ''])('of the form "%s" is refused', async (Authorization) => {
    await expectFault(await startGate().call('/v1/popular', undefined, { headers: { Authorization } }), 401, 'invalid_key');
  });

  test('may stand in the address if it is public, for beacons', async () => {
    const { call } = startGate();
    expect((await call(`/v1/popular?key=${KEYS.public}`)).status).toBe(200);
    await expectFault(await call(`/v1/popular?key=${KEYS.server}`), 401, 'invalid_key');
    await expectFault(await call('/v1/popular?key=x'), 401, 'invalid_key');
    await expectFault(await call(`/v1/popular?key=${KEYS.public}`, makeKey('public')), 401, 'invalid_key');
  });

  test('holds until it expires and not a millisecond longer', async () => {
    const text = makeKey('server');
    await putKeys(await stored(text, { expiresAtMs: START_MS }));
    const { call, clock } = startGate();
    clock.nowMs = START_MS - 1;
    expect((await call('/v1/popular', text)).status).toBe(200);
    clock.nowMs = START_MS;
    await expectFault(await call('/v1/popular', text), 401, 'invalid_key');
  });
});

describe('without a key, where access is open', () => {
  test('everything is permitted, as before there were keys', async () => {
    const { call, post } = startGate({ access: 'open' });
    expect((await post('/v1/interactions', undefined, click(ann))).status).toBe(200);
    expect((await call(`/v1/users/${ann}`)).status).toBe(200);
    await expectFault(await call('/v1/nothing'), 404, 'route_not_found');
  });

  test('no keyring is read', async () => {
    const { call, reads } = startGate({ access: 'open' });
    await call('/v1/popular');
    expect(reads.count).toBe(0);
  });

  test('a key is as narrow as everywhere', async () => {
    const { call } = startGate({ access: 'open' });
    await expectFault(await call(`/v1/users/${ann}`, KEYS.public), 403, 'forbidden', 'id');
  });
});

describe('a public key', () => {
  const routes: [method: string, path: string][] = [
    ['GET', '/v1/items'],
    ['PUT', '/v1/items'],
    ['PATCH', '/v1/items/i7'],
    ['DELETE', '/v1/items/i7'],
    ['POST', '/v1/refresh'],
    ['GET', '/v1/refresh'],
    ['GET', '/v1/snapshots'],
    ['GET', '/v1/feeds'],
    ['POST', '/v1/snapshots/v/activate'],
    ['POST', '/v1/users/u/token'],
    ['GET', '/v1/dead-letters'],
    ['GET', '/v1/nothing'],
    ['POST', '/v1/recommendations:batch'],
  ];
  test.for(routes)('may not %s %s', async ([method, path]) => {
    await expectFault(await startGate().call(path, KEYS.public, { method }), 403, 'forbidden');
  });

  test('speaks for no user by itself', async () => {
    const { call, post } = startGate();
    await expectFault(await post('/v1/recommendations', KEYS.public, { user: ann }), 403, 'forbidden', 'user');
    await expectFault(await post('/v1/interactions', KEYS.public, click(ann)), 403, 'forbidden', 'interactions[0].user');
    for (const method of ['GET', 'DELETE'])
      await expectFault(await call(`/v1/users/${ann}`, KEYS.public, { method }), 403, 'forbidden', 'id');
  });

  test('speaks for the user of its token, and for no other', async () => {
    const { call, post, tokenOf } = startGate();
    const token = await tokenOf(ann);
    const bob = `bob ${ann}`;
    expect((await post('/v1/interactions', KEYS.public, click(ann), token)).status).toBe(200);
    expect((await post('/v1/recommendations', KEYS.public, { user: ann }, token)).status).toBe(200);
    const headers = { 'Edgewise-Token': token };
    expect((await call(`/v1/users/${ann}`, KEYS.public, { headers })).status).toBe(200);
    await expectFault(await post('/v1/recommendations', KEYS.public, { user: bob }, token), 403, 'forbidden', 'user');
    await expectFault(await call(`/v1/users/${bob}`, KEYS.public, { headers }), 403, 'forbidden', 'id');
    const both = { interactions: [...click(ann).interactions, ...click(bob).interactions] };
    await expectFault(await post('/v1/interactions', KEYS.public, both, token), 403, 'forbidden', 'interactions[1].user');
    expect((await call(`/v1/users/${ann}`, KEYS.public, { method: 'DELETE', headers })).status).toBe(202);
  });

  test('finds the token of a beacon in its body', async () => {
    const { call, tokenOf } = startGate();
    const beacon = async (token: string, user: string) =>
      call(`/v1/interactions?key=${KEYS.public}`, undefined, { method: 'POST', body: JSON.stringify({ ...click(user), token }) });
    expect((await beacon(await tokenOf(ann), ann)).status).toBe(200);
    await expectFault(await beacon(await tokenOf('bob'), ann), 403, 'forbidden', 'interactions[0].user');
    await expectFault(await beacon('x.y.z', ann), 401, 'invalid_token');
  });
});

describe('a token', () => {
  const unsigned = (claims: object) => `${btoa('{"alg":"none","typ":"JWT"}')}.${btoa(JSON.stringify(claims))}.`.replaceAll('=', '');
  const wrong: [name: string, token: (gate: ReturnType<typeof startGate>) => Promise<string>][] = [
    ['of nothing', async () => 'token'],
    ['without a signature', async () => unsigned({ sub: ann, aud: 'default', exp: START_MS })],
    ['of another secret', async () => (await new Tokens(`${SECRET}!`).issue(ann, 'default', START_MS, 1_000)).token],
    ['of another tenant', ({ tokenOf }) => tokenOf(ann, 'acme')],
    ['that was changed', async ({ tokenOf }) => (await tokenOf(ann)).replace(/\.[^.]+\./, `.${btoa('{"sub":"x"}').replaceAll('=', '')}.`)],
    ['that is too long', async ({ tokenOf }) => tokenOf('x'.repeat(LIMITS.tokenChars))],
  ];
  test.for(wrong)('%s is refused, whatever the key', async ([, make]) => {
    const gate = startGate();
    const token = await make(gate);
    for (const key of [KEYS.public, KEYS.server])
      await expectFault(await gate.post('/v1/recommendations', key, { user: ann }, token), 401, 'invalid_token');
  });

  test('at its longest', async () => {
    const { post, tokens } = startGate();
    const token = await tokens!.issue('x'.repeat(LIMITS.idChars), 'default', START_MS, LIMITS.userTokenMs);
    expect(token.token.length).toBeLessThanOrEqual(LIMITS.tokenChars);
    expect((await post('/v1/recommendations', KEYS.public, { user: 'x'.repeat(LIMITS.idChars) }, token.token)).status).toBe(200);
  });

  test('holds as long as it says', async () => {
    const { post, clock, tokens } = startGate();
    const { token, expiresAt } = await tokens!.issue(ann, 'default', START_MS, LIMITS.userTokenMs);
    expect(Date.parse(expiresAt)).toBe(START_MS + LIMITS.userTokenMs);
    clock.nowMs = Date.parse(expiresAt) - 1;
    expect((await post('/v1/recommendations', KEYS.public, { user: ann }, token)).status).toBe(200);
    clock.nowMs += 1;
    await expectFault(await post('/v1/recommendations', KEYS.public, { user: ann }, token), 401, 'invalid_token');
  });

  test('cannot be read where no secret is set', async () => {
    const { post } = startGate({ secret: undefined });
    await expectFault(await post('/v1/recommendations', KEYS.public, { user: ann }, 'x.y.z'), 501, 'not_configured');
  });

  test('is not signed with a short secret', () => {
    expect(() => new Tokens('x'.repeat(LIMITS.secretChars - 1))).toThrow('SIGNING_SECRET has at least 32 characters');
    expect(new Tokens('x'.repeat(LIMITS.secretChars))).toBeInstanceOf(Tokens);
  });
});

describe('a tenant', () => {
  test('knows nothing of another one’s users', async () => {
    const { call, post, tokenOf } = startGate();
    await post('/v1/interactions', KEYS.server, click(ann));
    await expectFault(await call(`/v1/users/${ann}`, KEYS.acmeServer), 404, 'user_not_found', 'id');
    const headers = { 'Edgewise-Token': await tokenOf(ann, 'acme') };
    await expectFault(await call(`/v1/users/${ann}`, KEYS.acmePublic, { headers }), 404, 'user_not_found', 'id');
    await call(`/v1/users/${ann}`, KEYS.acmeServer, { method: 'DELETE' });
    expect((await call(`/v1/users/${ann}`, KEYS.server)).status).toBe(200);
  });

  test('cannot be named by an id', async () => {
    const { call, post } = startGate();
    await post('/v1/interactions', KEYS.acmeServer, click(ann));
    const disguised = `acme\u001f${ann}`;
    await expectFault(await call(`/v1/users/${encodeURIComponent(disguised)}`, KEYS.server), 400, 'invalid_request', 'id');
    await expectFault(await post('/v1/recommendations', KEYS.server, { user: disguised }), 400, 'invalid_request', 'user');
  });
});

describe('the keyring', () => {
  test('is read once, then behind the responses; a revoked key opens nothing from then on', async () => {
    const { call, clock, reads } = startGate();
    for (let time = 0; time < 3; time++) await call('/v1/popular', KEYS.server);
    await expectFault(await call('/v1/popular', makeKey('server')), 401, 'invalid_key');
    expect(reads.count).toBe(1);
    await putKeys();
    clock.nowMs += CHECK_EVERY_MS - 1;
    expect((await call('/v1/popular', KEYS.server)).status).toBe(200);
    expect(reads.count).toBe(1);
    clock.nowMs += 1;
    expect((await call('/v1/popular', KEYS.server)).status).toBe(200);
    expect(reads.count).toBe(2);
    await expectFault(await call('/v1/popular', KEYS.server), 401, 'invalid_key');
  });

  test('that cannot be read lets nobody in, until it can', async () => {
    vi.spyOn(console, 'error').mockReturnValue(undefined);
    let fails = true;
    const { call } = startGate({
      read: () => (fails ? Promise.reject(new Error('KV is down')) : env.SNAPSHOTS.get(KEYRING_KEY, 'arrayBuffer')),
    });
    const refused = await call('/v1/popular', KEYS.server);
    expect(refused.headers.get('retry-after')).toBe('2');
    await expectFault(refused, 503, 'keys_unavailable');
    fails = false;
    expect((await call('/v1/popular', KEYS.server)).status).toBe(200);
  });

  test('that cannot be read again stays', async () => {
    const warned = vi.spyOn(console, 'warn').mockReturnValue(undefined);
    let fails = false;
    const { call, clock } = startGate({
      read: () => (fails ? Promise.reject(new Error('KV is down')) : env.SNAPSHOTS.get(KEYRING_KEY, 'arrayBuffer')),
    });
    await call('/v1/popular', KEYS.server);
    fails = true;
    clock.nowMs += CHECK_EVERY_MS;
    for (let time = 0; time < 2; time++) expect((await call('/v1/popular', KEYS.server)).status).toBe(200);
    expect(warned).toHaveBeenCalledTimes(1);
  });

  test('that is garbage is none', async () => {
    vi.spyOn(console, 'error').mockReturnValue(undefined);
    await env.SNAPSHOTS.put(KEYRING_KEY, '{"format":1,"keys":[{}]}');
    await expectFault(await startGate().call('/v1/popular', KEYS.server), 503, 'keys_unavailable');
  });

  test('of nobody refuses every key', async () => {
    await env.SNAPSHOTS.delete(KEYRING_KEY);
    await expectFault(await startGate().call('/v1/popular', KEYS.server), 401, 'invalid_key');
  });
});

describe('too many requests', () => {
  /** The platform's binding, as far as it goes: so many of each key. */
  const allowing = (limit: number) => {
    const seen = new Map<string, number>();
    return {
      seen,
      limit: async ({ key }: { key: string }) => {
        seen.set(key, (seen.get(key) ?? 0) + 1);
        return { success: seen.get(key)! <= limit };
      },
    };
  };
  const from = (ip: string) => ({ headers: { 'CF-Connecting-IP': ip } });

  test('of a key are refused, those of another are not', async () => {
    const byKey = allowing(2);
    const { call } = startGate({ rates: { byKey } });
    for (let time = 0; time < 2; time++) expect((await call('/v1/popular', KEYS.public)).status).toBe(200);
    const refused = await call('/v1/popular', KEYS.public);
    expect(refused.headers.get('retry-after')).toBe('60');
    await expectFault(refused, 429, 'rate_limited');
    expect((await call('/v1/popular', KEYS.acmePublic)).status).toBe(200);
    expect([...byKey.seen.keys()]).toEqual([keyId(await hashKey(KEYS.public)), keyId(await hashKey(KEYS.acmePublic))]);
  });

  test('of an address are refused, unless a server sends them', async () => {
    const { call } = startGate({ access: 'open', rates: { byIp: allowing(1) } });
    expect((await call('/v1/popular', KEYS.public, from('192.0.2.1'))).status).toBe(200);
    await expectFault(await call('/v1/popular', undefined, from('192.0.2.1')), 429, 'rate_limited');
    expect((await call('/v1/popular', KEYS.public, from('192.0.2.2'))).status).toBe(200);
    for (let time = 0; time < 3; time++) expect((await call('/v1/popular', KEYS.server, from('192.0.2.1'))).status).toBe(200);
  });

  test('are counted by the platform’s own binding', async () => {
    const { call } = startGate({ rates: { byKey: env.ONCE_A_MINUTE } });
    const statuses: number[] = [];
    for (let time = 0; time < 3; time++) statuses.push((await call('/v1/popular', KEYS.public)).status); // a minute may begin in between
    expect(statuses[0]).toBe(200);
    expect(statuses).toContain(429);
  });
});

describe('pages of other origins', () => {
  const preflight = (origin: string) => ({
    method: 'OPTIONS',
    headers: { Origin: origin, 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'authorization,edgewise-token' },
  });
  const shop = 'https://shop.example';

  test('are told nothing unless they are allowed', async () => {
    const { call } = startGate();
    const answer = await call('/v1/popular', KEYS.public, { headers: { Origin: shop } });
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, null]);
    expect((await call('/v1/popular', undefined, preflight(shop))).headers.get('access-control-allow-origin')).toBeNull();
  });

  test('that are allowed may ask, and read answers and faults', async () => {
    const { call } = startGate({ origins: `${shop} https://www.shop.example` });
    const asked = await call('/v1/recommendations', undefined, preflight(shop));
    expect([asked.status, asked.headers.get('access-control-allow-origin')]).toEqual([204, shop]);
    expect(asked.headers.get('access-control-allow-headers')?.toLowerCase()).toContain('authorization');
    expect(asked.headers.get('access-control-allow-headers')?.toLowerCase()).toContain('edgewise-token');
    for (const key of [KEYS.public, makeKey('public')]) {
      const answer = await call('/v1/popular', key, { headers: { Origin: shop } });
      expect([answer.headers.get('access-control-allow-origin'), answer.headers.get('vary')]).toEqual([shop, 'Origin']);
      expect(answer.headers.get('content-type')).toBe('application/json');
    }
    expect(
      (await call('/v1/popular', KEYS.public, { headers: { Origin: 'https://evil.example' } })).headers.get('access-control-allow-origin'),
    ).toBeNull();
  });

  test('may all be allowed', async () => {
    const answer = await startGate({ origins: '*' }).call('/v1/popular', KEYS.public, { headers: { Origin: shop } });
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
  });

  test.for(['shop.example', 'https://shop.example/', 'https://*.shop.example', 'null'])('"%s" is no origin', (configured) => {
    expect(() => allowOrigins(configured)).toThrow('CORS_ORIGINS cannot be read');
  });
});
