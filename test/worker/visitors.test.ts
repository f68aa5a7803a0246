import { env } from 'cloudflare:workers';
import { runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ErrorCode } from '../../src/domain/errors.ts';
import type { FeedbackMessage } from '../../src/domain/feedback.ts';
import { LIMITS } from '../../src/domain/limits.ts';
import { durableSessions } from '../../src/session/sessions.ts';
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

describe('POST /v1/users/{id}/merge', () => {
  /** A visitor who clicked on two items. */
  async function visit(gate: ReturnType<typeof startGate>) {
    const { visitor, token } = await (await gate.post('/v1/visitors', KEYS.public, undefined)).json<Visitor>();
    for (const [id, item] of [
      ['e1', 'i7'],
      ['e2', 'i20'],
    ] as const)
      await gate.post('/v1/interactions', KEYS.public, click(visitor, id, item), token);
    return { visitor, token };
  }
  const historyOf = async (gate: ReturnType<typeof startGate>, user: string) => {
    const response = await gate.call(`/v1/users/${encodeURIComponent(user)}`, KEYS.server);
    return response.status === 404 ? [] : (await response.json<{ history: string[] }>()).history;
  };
  const merge = (gate: ReturnType<typeof startGate>, user: string, body: object, key = KEYS.server) =>
    gate.post(`/v1/users/${encodeURIComponent(user)}/merge`, key, body);

  test('gives the user what the visitor did, once', async () => {
    const gate = startGate();
    const guest = await visit(gate);
    await gate.post('/v1/interactions', KEYS.server, click(ann, 'e0', 'i1'));
    gate.clock.nowMs += 1_000;
    await gate.post('/v1/interactions', KEYS.server, click(ann, 'e2', 'i20')); // sent again by the page, after the login
    const merged = await merge(gate, ann, guest);
    expect([merged.status, await merged.json()]).toEqual([200, { id: ann, merged: 1 }]);
    expect(await (await merge(gate, ann, guest)).json()).toEqual({ id: ann, merged: 0 });
    expect(await historyOf(gate, ann)).toEqual(['i1', 'i7', 'i20']);
    expect(await historyOf(gate, guest.visitor)).toEqual([]);
    const exported = await (
      await gate.call(`/v1/users/${encodeURIComponent(ann)}`, KEYS.server)
    ).json<{ interactions: { user: string }[] }>();
    expect(new Set(exported.interactions.map(({ user }) => user))).toEqual(new Set([ann]));
  });

  test('again brings what came late', async () => {
    const gate = startGate();
    const guest = await visit(gate);
    await merge(gate, ann, guest);
    await gate.post('/v1/interactions', KEYS.public, click(guest.visitor, 'e3', 'i30'), guest.token);
    expect(await (await merge(gate, ann, guest)).json()).toEqual({ id: ann, merged: 1 });
    expect((await historyOf(gate, ann)).sort()).toEqual(['i20', 'i30', 'i7']);
  });

  test('tells the queue who the visitor is, once, and counts nothing again', async () => {
    const gate = startGate();
    const guest = await visit(gate);
    for (let time = 0; time < 2; time++) await merge(gate, ann, guest);
    const outbox = async (user: string) =>
      runInDurableObject(env.SESSIONS.getByName(user), (_, state) => [...state.storage.kv.list<FeedbackMessage>({ prefix: 'outbox/' })]);
    const messages = (await outbox(guest.visitor)).map(([, message]) => message);
    expect(messages.filter(({ kind }) => kind === 'merge')).toEqual([
      { kind: 'merge', tenant: 'default', visitor: guest.visitor, user: ann, atMs: START_MS },
    ]);
    expect(messages.filter(({ kind }) => kind === 'interactions')).toHaveLength(2);
    expect(await outbox(ann)).toEqual([]);
  });

  test('with a visitor’s and a user’s token, from a page', async () => {
    const gate = startGate();
    const guest = await visit(gate);
    const own = await gate.tokenOf(ann);
    const path = `/v1/users/${encodeURIComponent(ann)}/merge`;
    await expectFault(await gate.post(path, KEYS.public, guest), 403, 'forbidden', 'id');
    await expectFault(await gate.post(path, KEYS.public, guest, guest.token), 403, 'forbidden', 'id');
    expect((await gate.post(path, KEYS.public, guest, own)).status).toBe(200);
  });

  test('a visitor is one user only, unless erased', async () => {
    const gate = startGate();
    const guest = await visit(gate);
    const bob = `bob ${ann}`;
    await merge(gate, ann, guest);
    await expectFault(await merge(gate, bob, guest), 409, 'visitor_taken', 'visitor');
    expect(await historyOf(gate, bob)).toEqual([]);
    await gate.call(`/v1/users/${guest.visitor}`, KEYS.server, { method: 'DELETE' });
    expect((await merge(gate, bob, guest)).status).toBe(200);
  });

  test('two at once: one user gets it all', async () => {
    const gate = startGate();
    const guest = await visit(gate);
    const bob = `bob ${ann}`;
    const statuses = (await Promise.all([merge(gate, ann, guest), merge(gate, bob, guest)])).map(({ status }) => status);
    expect(statuses.toSorted((a, b) => a - b)).toEqual([200, 409]);
    expect([...(await historyOf(gate, ann)), ...(await historyOf(gate, bob))].sort()).toEqual(['i20', 'i7']);
  });

  test('remembers whose the visitor is as long as its token holds', async () => {
    const gate = startGate();
    const { visitor, token } = await (await gate.post('/v1/visitors', KEYS.public, undefined)).json<Visitor>();
    await merge(gate, ann, { visitor, token });
    expect(LIMITS.sessionTtlMs).toBeGreaterThanOrEqual(LIMITS.visitorTokenMs);
    const kept = await runInDurableObject(env.SESSIONS.getByName(visitor), (_, state) => state.storage.kv.get<number>('expiresMs'));
    expect(kept).toBe(START_MS + LIMITS.sessionTtlMs);
  });

  test.for(['handOver', 'absorb', 'letGo'] as const)('interrupted before %s, it is finished by the next call', async (method) => {
    const gate = startGate();
    const guest = await visit(gate);
    const real = env.SESSIONS;
    const breaking = new Proxy(real, {
      get: (target, name) =>
        name === 'getByName'
          ? (user: string) => {
              const stub = target.getByName(user);
              return new Proxy(stub, {
                get: (object, called) => (called === method ? () => Promise.reject(new Error('gone')) : object[called as 'read']),
              });
            }
          : target[name as 'get'],
    });
    await expect(durableSessions(breaking, 'default').merge(guest.visitor, ann, START_MS)).rejects.toThrow('gone');
    await merge(gate, ann, guest);
    expect(await historyOf(gate, ann)).toEqual(['i7', 'i20']);
    expect(await historyOf(gate, guest.visitor)).toEqual([]);
  });

  const faults: [
    name: string,
    body: (guest: { visitor: string; token: string }) => object,
    status: number,
    code: ErrorCode,
    path?: string,
  ][] = [
    ['no token', ({ visitor }) => ({ visitor }), 400, 'invalid_request', 'token'],
    ['no visitor', ({ token }) => ({ token }), 400, 'invalid_request', 'visitor'],
    ['an unknown field', (guest) => ({ ...guest, user: 'u' }), 400, 'invalid_request', 'user'],
    ['a forged token', (guest) => ({ ...guest, token: `${guest.token.slice(0, -4)}AAAA` }), 401, 'invalid_token'],
    ['the token of another', (guest) => ({ ...guest, visitor: 'visitor-2' }), 401, 'invalid_token', 'token'],
  ];
  test.for(faults)('%s', async ([, body, status, code, path]) => {
    const gate = startGate();
    const guest = await visit(gate);
    await expectFault(await merge(gate, ann, body(guest)), status, code, path);
    expect(await historyOf(gate, ann)).toEqual([]);
  });

  test('of a visitor into itself or another visitor is none', async () => {
    const gate = startGate();
    const guest = await visit(gate);
    for (const other of [guest.visitor, (await visit(gate)).visitor])
      await expectFault(await merge(gate, other, guest), 400, 'invalid_request', 'id');
    expect(await historyOf(gate, guest.visitor)).toEqual(['i7', 'i20']);
  });

  test('of a user into another is none, whatever proves it', async () => {
    const gate = startGate();
    const issued = await (await gate.post(`/v1/users/${encodeURIComponent(ann)}/token`, KEYS.server, undefined)).json<{ token: string }>();
    await expectFault(await merge(gate, 'bob', { visitor: ann, token: issued.token }), 400, 'invalid_request', 'visitor');
  });

  test('of another tenant’s visitor is refused', async () => {
    const gate = startGate();
    await expectFault(await merge(gate, ann, await visit(gate), KEYS.acmeServer), 401, 'invalid_token');
  });
});
