import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, test } from 'vitest';
import { LIMITS } from '../../src/domain/limits.ts';
import type { Intent } from '../../src/domain/intent.ts';
import type { Recommendation } from '../../src/domain/recommendation.ts';
import { publishTo } from '../fixtures/publish.ts';
import { makeShop } from '../fixtures/shop.ts';
import { startService, type ErrorBody } from './service.ts';

/** Items `i0` to `i39`: mugs, bags and lights in turn, `FAMILY NUMBER n` at 1 + n / 2; the even ones have the tag `gift`. */
beforeAll(async () => {
  await publishTo(env.SNAPSHOTS, makeShop(), Date.parse('2026-11-24T08:00:00Z'));
});

type Found = Recommendation & { readonly intent: Intent };

function openSearch() {
  const service = startService();
  const post = (body: unknown) => service.fetch('/v1/search', { method: 'POST', body: JSON.stringify(body) });
  return { ...service, post, find: async (body: unknown) => (await post(body)).json<Found>() };
}

describe('POST /v1/search', () => {
  test('answers with what it understood and what it found, each item with what it was found by', async () => {
    const { find, store } = openSearch();
    const answer = await find({ q: 'bags under 5', limit: 2 });
    expect(answer).toMatchObject({
      id: expect.stringMatching(/^r-1/),
      intent: { about: 'bags', include: ['bags'], exclude: [], priceMax: 5, like: [], unknown: [], origin: 'edge' },
      unknown: [],
      snapshot: store.current!.snapshot.version,
      degraded: [],
    });
    expect(answer.items).toHaveLength(2);
    expect(answer.items[0]).toEqual({
      id: expect.any(String),
      title: expect.stringMatching(/^BAGS/),
      price: expect.any(Number),
      score: expect.any(Number),
      reason: { kind: 'match', text: 'Matches your words', because: [] },
    });
    expect(answer.items).toEqual(answer.items.toSorted((a, b) => b.score - a.score));
  });

  test('keeps to prices, exclusions, filter, exclude and seen', async () => {
    const { find } = openSearch();
    const ids = async (body: object) => (await find({ limit: 100, ...body })).items.map(({ id }) => Number(id.slice(1)));
    expect((await ids({ q: 'mugs between 5 and 10' })).every((n) => n >= 8 && n <= 18)).toBe(true);
    expect((await ids({ q: 'number without bags or mugs' })).every((n) => n % 3 === 2)).toBe(true);
    expect((await ids({ q: 'number', filter: 'tag("gift")' })).every((n) => n % 2 === 0)).toBe(true);
    expect(await ids({ q: 'mugs number 3', exclude: ['i3'] })).not.toContain(3);
    expect((await ids({ q: 'mugs number 3' }))[0]).toBe(3);
    expect((await ids({ q: 'mugs number 3', history: ['i3'] }))[0]).toBe(3);
    expect(await ids({ q: 'mugs number 3', history: ['i3'], seen: 'drop' })).not.toContain(3);
  });

  test('puts matches in the order that is asked for', async () => {
    const { find } = openSearch();
    const prices = async (q: string) => (await find({ q, limit: 5 })).items.map(({ price }) => price!);
    const cheapest = await prices('cheapest bags');
    expect(cheapest).toEqual([1.5, 3, 4.5, 6, 7.5]);
    expect(await prices('most expensive bags')).toEqual([19.5, 18, 16.5, 15, 13.5]);
  });

  test('with conditions only, recommends within them', async () => {
    const { find, post } = openSearch();
    await post({ q: 'mugs' });
    const { items, intent } = await find({ q: 'under 5', history: ['i3'], limit: 3 });
    expect(intent).toMatchObject({ about: '', priceMax: 5, unknown: [] });
    expect(items).toHaveLength(3);
    expect(items.every(({ price }) => price! <= 5)).toBe(true);
    expect(items.some(({ reason }) => reason.kind === 'goes-with')).toBe(true);
  });

  test('finds what is near an item that is named, and a recommendation may carry a query', async () => {
    const { find, fetch } = openSearch();
    const like = await find({ q: 'like mugs number 3', limit: 3 });
    expect(like.intent.like).toEqual(['i3']);
    expect(like.items.map(({ id }) => id)).not.toContain('i3');
    expect(like.items[0]!.reason).toEqual({ kind: 'similar', text: 'Similar to MUGS NUMBER 3', because: ['i3'] });
    const body = JSON.stringify({ scenario: 'search', query: 'bags under 5', limit: 2 });
    const asked = await (await fetch('/v1/recommendations', { method: 'POST', body })).json<Found>();
    expect(asked).toEqual(await find({ q: 'bags under 5', limit: 2 }));
  });

  test.for(['qzxv', '!!!'])('finds nothing for what no item has, and says so: %s', async (q) => {
    const answer = await openSearch().find({ q });
    expect([answer.items, answer.intent.unknown]).toEqual([[], [q]]);
  });

  test('needs a catalogue', async () => {
    const service = startService({ storage: { read: async () => null } });
    const response = await service.fetch('/v1/search', { method: 'POST', body: '{"q": "mug"}' });
    expect([response.status, (await response.json<ErrorBody>()).error.code]).toEqual([503, 'snapshot_unavailable']);
  });

  test.for([
    ['no words', {}, 'q'],
    ['a blank', { q: ' \t ' }, 'q'],
    ['words that are no text', { q: 1 }, 'q'],
    ['an unknown field', { q: 'mug', query: 'mug' }, 'query'],
    ['a user and a history', { q: 'mug', user: 'ann', history: [] }, 'history'],
    ['too long a text', { q: 'q'.repeat(LIMITS.queryChars + 1) }, 'q'],
  ] as const)('refuses %s', async ([, body, path]) => {
    const response = await openSearch().post(body);
    const { error } = await response.json<ErrorBody>();
    expect([response.status, error.code, error.path]).toEqual([400, 'invalid_request', path]);
  });

  test('takes a text as long as it may be', async () => {
    expect((await openSearch().post({ q: 'q'.repeat(LIMITS.queryChars) })).status).toBe(200);
  });
});
