import { env } from 'cloudflare:workers';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { LIMITS } from '../../src/domain/limits.ts';
import { publishTo } from '../fixtures/publish.ts';
import { makeShop } from '../fixtures/shop.ts';
import { expectFault, KEYS, startGate } from './gate.ts';
import { START_MS } from './service.ts';

beforeAll(async () => {
  await publishTo(env.SNAPSHOTS, makeShop(), 0);
});
/** Every test has users of its own. */
let ann = '';
beforeEach(() => {
  ann = `ann ${crypto.randomUUID()}`;
});
afterEach(() => vi.restoreAllMocks());

interface Visitor {
  readonly visitor: string;
  readonly token: string;
  readonly expiresAt: string;
}

const click = (user: string, id: string, item: string) => ({ interactions: [{ id, user, item, type: 'click' }] });

describe('POST /v1/visitors', () => {
  test('makes an id that its token speaks for', async () => {
    const { post } = startGate();
    const response = await post('/v1/visitors', KEYS.public, undefined);
    const { visitor, token, expiresAt } = await response.json<Visitor>();
    expect([response.status, visitor]).toEqual([201, expect.stringMatching(/^visitor-/)]);
    expect(Date.parse(expiresAt)).toBe(START_MS + LIMITS.visitorTokenMs);
    expect((await post('/v1/interactions', KEYS.public, click(visitor, 'e1', 'i7'), token)).status).toBe(200);
    expect((await post('/v1/recommendations', KEYS.public, { user: visitor }, token)).status).toBe(200);
    await expectFault(await post('/v1/recommendations', KEYS.public, { user: `${visitor}2` }, token), 403, 'forbidden', 'user');
  });

  test('needs a secret', async () => {
    await expectFault(await startGate({ secret: undefined }).post('/v1/visitors', KEYS.public, undefined), 501, 'not_configured');
  });
});

describe('POST /v1/users/{id}/token', () => {
  test('is for servers, and gives a page what speaks for that user', async () => {
    const { post } = startGate();
    const path = `/v1/users/${ann}/token`;
    await expectFault(await post(path, KEYS.public, undefined), 403, 'forbidden');
    const response = await post(path, KEYS.server, undefined);
    const { token, expiresAt, ...rest } = await response.json<Visitor>();
    expect([response.status, rest]).toEqual([201, { user: ann }]);
    expect(Date.parse(expiresAt)).toBe(START_MS + LIMITS.userTokenMs);
    expect((await post('/v1/recommendations', KEYS.public, { user: ann }, token)).status).toBe(200);
    await expectFault(await post('/v1/recommendations', KEYS.acmePublic, { user: ann }, token), 401, 'invalid_token');
  });
});
