import { applyD1Migrations } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, test } from 'vitest';
import { LIMITS } from '../../src/domain/limits.ts';
import type { Recommendation } from '../../src/domain/recommendation.ts';
import { ABUSE } from '../fixtures/abuse.ts';
import { publishTo } from '../fixtures/publish.ts';
import { makeShop } from '../fixtures/shop.ts';
import { expectFault, KEYS, startGate } from './gate.ts';
import { startService, type ErrorBody } from './service.ts';

/** Items `i0` to `i39`: mugs, bags and lights in turn, at 1 + n / 2. */
beforeAll(async () => {
  await applyD1Migrations(env.FEEDBACK, env.MIGRATIONS);
  await publishTo(env.SNAPSHOTS, makeShop(), Date.parse('2026-11-24T08:00:00Z'));
});

interface Chips {
  readonly critiques: readonly { readonly id: string; readonly text: string }[];
  readonly unknown: readonly string[];
}

function openShop(user: string) {
  let ids = 0;
  const service = startService({ newId: () => `n${ids++}` });
  const path = `/v1/users/${user}/critiques`;
  const send = (body: unknown) => service.fetch(path, { method: 'POST', body: JSON.stringify(body) });
  return {
    ...service,
    send,
    say: async (body: unknown) => (await send(body)).json<Chips>(),
    take: async (id: string) => (await service.fetch(`${path}/${id}`, { method: 'DELETE' })).json<Chips>(),
    recommended: async () => (await service.post({ user, limit: 10 })).json<Recommendation>(),
  };
}
const family = ({ items }: Recommendation, name: string) => items.filter(({ title }) => title.startsWith(name)).length;

describe('POST /v1/users/{id}/critiques', () => {
  test('changes the next answer, which shows it, until it is taken back', async () => {
    const shop = openShop('ann');
    const before = await shop.recommended();
    expect(before.critiques).toBeUndefined();
    const said = await shop.say({ text: 'less mugs, more bags, under £8, qzxv' });
    expect(said).toEqual({
      critiques: [
        { id: 'n1', text: 'less mugs' },
        { id: 'n2', text: 'more bags' },
        { id: 'n3', text: 'up to 8' },
      ],
      unknown: ['qzxv'],
    });
    const after = await shop.recommended();
    expect(after.critiques).toEqual(said.critiques);
    expect(after.items.every(({ price }) => price! <= 8)).toBe(true);
    expect(family(after, 'BAGS')).toBeGreaterThan(family(before, 'BAGS'));
    expect(family(after, 'MUGS')).toBeLessThan(family(before, 'MUGS'));
    const asked = after.items.filter(({ title, reason }) => title.startsWith('BAGS') && reason.because.length === 0);
    expect(asked.length).toBeGreaterThan(0);
    for (const { reason } of asked) expect(reason.kind).toBe('meaning'); // it is there because it was asked for

    for (const { id } of said.critiques) await shop.take(id);
    const { critiques, items } = await shop.recommended();
    expect(critiques).toBeUndefined();
    expect(items).toEqual(before.items);
  });

  test('by one click: not this, more like this', async () => {
    const shop = openShop('bob');
    const first = (await shop.recommended()).items[0]!;
    expect((await shop.say({ kind: 'not-this', item: first.id })).critiques).toEqual([
      { id: expect.any(String), text: `not ${first.title}` },
    ]);
    expect((await shop.recommended()).items.map(({ id }) => id)).not.toContain(first.id);
    await shop.say({ kind: 'more-like-this', item: first.id });
    const { critiques, items } = await shop.recommended();
    expect(critiques!.map(({ text }) => text)).toEqual([`more like ${first.title}`]);
    expect(items.map(({ id }) => id)).toContain(first.id);
  });

  test('fades, and is forgotten in the end', async () => {
    const shop = openShop('cid');
    await shop.say({ text: 'more bags' });
    const at = async (ms: number) => {
      shop.clock.nowMs += ms;
      return shop.recommended();
    };
    const scoreOf = ({ items }: Recommendation) => items.find(({ title }) => title.startsWith('BAGS'))!.score;
    const fresh = scoreOf(await at(0));
    expect(scoreOf(await at(LIMITS.critiqueTtlMs / 2))).toBeLessThan(fresh);
    expect((await at(LIMITS.critiqueTtlMs / 2 - 1)).critiques).toHaveLength(1);
    expect((await at(1)).critiques).toBeUndefined();
  });

  test('are those of a scenario with other sources too, and of no search', async () => {
    const shop = openShop('fay');
    await shop.say({ text: 'under £3, more lights' });
    const cart = { scenario: 'cart', context: { cart: ['i20'] }, user: 'fay' };
    const answer = await (await shop.post(cart)).json<Recommendation>();
    expect(answer.critiques).toHaveLength(2);
    expect(answer.items.length).toBeGreaterThan(0);
    expect(answer.items.every(({ price }) => price! <= 3)).toBe(true);
    const found = await (await shop.post({ scenario: 'search', query: 'mugs', user: 'fay', limit: 10 })).json<Recommendation>();
    expect(found).not.toHaveProperty('critiques');
    expect(found.items.some(({ price }) => price! > 3)).toBe(true);
  });

  test('is a part of what is kept of a user, and erased with it', async () => {
    const shop = openShop('dan');
    await shop.say({ text: 'more bags' });
    expect(await (await shop.get('/v1/users/dan')).json()).toMatchObject({ critiques: [{ kind: 'more', words: 'bags' }] });
    await shop.fetch('/v1/users/dan', { method: 'DELETE' });
    expect((await shop.get('/v1/users/dan')).status).toBe(404);
  });

  test.for([
    ['nothing', {}, 400, 'text'],
    ['no text', { text: '' }, 400, 'text'],
    ['a blank', { text: ' ' }, 400, 'text'],
    ['too long a text', { text: 'x'.repeat(LIMITS.queryChars + 1) }, 400, 'text'],
    ['another kind', { kind: 'hide', item: 'i1' }, 400, 'kind'],
    ['an item that is not there', { kind: 'not-this', item: 'nope' }, 404, 'item'],
  ] as const)('refuses %s', async ([, body, status, path]) => {
    const response = await openShop('eve').send(body);
    expect([response.status, (await response.json<ErrorBody>()).error.path]).toEqual([status, path]);
  });
});

describe('critiques with keys', () => {
  const path = (user: string) => `/v1/users/${encodeURIComponent(user)}/critiques`;
  const chips = async (response: Response) => (await response.json<Chips>()).critiques;

  test('a page may critique, take back and search, for the user of its token only', async () => {
    const gate = startGate();
    const token = await gate.tokenOf('gil');
    const headers = { 'Edgewise-Token': token };
    const [said] = await chips(await gate.post(path('gil'), KEYS.public, { text: 'more bags' }, token));
    expect(said!.text).toBe('more bags');
    await expectFault(await gate.post(path('hal'), KEYS.public, { text: 'more bags' }, token), 403, 'forbidden', 'id');
    await expectFault(await gate.post(path('gil'), KEYS.public, { text: 'more bags' }), 403, 'forbidden', 'id');
    const takeBack = (user: string) => gate.call(`${path(user)}/${said!.id}`, KEYS.public, { method: 'DELETE', headers });
    await expectFault(await takeBack('hal'), 403, 'forbidden', 'id');
    expect(await chips(await takeBack('gil'))).toEqual([]);

    expect((await gate.post('/v1/search', KEYS.public, { q: 'bags' })).status).toBe(200);
    expect((await gate.post('/v1/search', KEYS.public, { q: 'bags', user: 'gil' }, token)).status).toBe(200);
    await expectFault(await gate.post('/v1/search', KEYS.public, { q: 'bags', user: 'hal' }, token), 403, 'forbidden', 'user');
    await expectFault(await gate.post('/v1/search', KEYS.public, { q: 'bags', explain: 'debug' }), 403, 'forbidden', 'explain');
  });

  test('users of one name of two tenants have critiques of their own', async () => {
    const gate = startGate();
    await gate.post(path('ida'), KEYS.server, { text: 'more bags' });
    expect((await chips(await gate.post(path('ida'), KEYS.acmeServer, { text: 'less mugs' }))).map(({ text }) => text)).toEqual([
      'less mugs',
    ]);
  });

  test('a visitor who becomes a user takes them along, and the later one of the same thing counts', async () => {
    const gate = startGate();
    const { visitor, token } = await (await gate.post('/v1/visitors', KEYS.public, undefined)).json<{ visitor: string; token: string }>();
    await gate.post(path(visitor), KEYS.public, { text: 'more bags, under £9' }, token);
    gate.clock.nowMs += 1_000;
    await gate.post(path('joe'), KEYS.server, { text: 'less bags' });
    const merge = async () => gate.post('/v1/users/joe/merge', KEYS.server, { visitor, token });
    for (let time = 0; time < 2; time++) expect(await (await merge()).json()).toEqual({ id: 'joe', merged: 0 });
    const { critiques } = await (await gate.post('/v1/recommendations', KEYS.server, { user: 'joe' })).json<Recommendation>();
    expect(critiques!.map(({ text }) => text)).toEqual(['up to 9', 'less bags']);
    expect((await gate.call(`/v1/users/${visitor}`, KEYS.server)).status).toBe(404);

    const late = await chips(await gate.post(path(visitor), KEYS.public, { text: 'more lights' }, token));
    expect(late.map(({ text }) => text)).toEqual(['more lights']);
    await merge();
    const { critiques: all } = await (await gate.post('/v1/recommendations', KEYS.server, { user: 'joe' })).json<Recommendation>();
    expect(all!.map(({ text }) => text)).toEqual(['up to 9', 'less bags', 'more lights']);
  });
});

/** Every text in a body, without those that the catalogue or the service itself wrote. */
const SAFE = /^[\p{L}\p{M}\p{N} ]*$/u;

test(`none of ${ABUSE.length} abusive texts comes back as markup, link or instruction`, async () => {
  expect(ABUSE.length).toBeGreaterThanOrEqual(200);
  const shop = openShop('mallory');
  for (const text of ABUSE) {
    expect(text.length).toBeLessThanOrEqual(LIMITS.queryChars);
    const response = await shop.fetch('/v1/search', { method: 'POST', body: JSON.stringify({ q: text, limit: 3 }) });
    expect(response.status).toBe(200);
    const { intent, items } = await response.json<{ intent: Record<string, unknown>; items: Recommendation['items'] }>();
    const echoed = [...Object.values(intent).flat(), ...items.map(({ reason }) => reason.text.replaceAll(', ', ' '))];
    for (const one of echoed) if (typeof one === 'string') expect(one).toMatch(SAFE);
    const { critiques, unknown } = await shop.say({ text });
    for (const one of [...unknown, ...critiques.map(({ text: chip }) => chip.replace('.', ''))]) expect(one).toMatch(SAFE);
  }
});
