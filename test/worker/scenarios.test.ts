import { env } from 'cloudflare:workers';
import { applyD1Migrations } from 'cloudflare:test';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { ErrorCode } from '../../src/domain/errors.ts';
import { LIMITS } from '../../src/domain/limits.ts';
import { DEFAULT_TENANT } from '../../src/domain/tenant.ts';
import type { Recommendation } from '../../src/domain/recommendation.ts';
import { FEATURES } from '../../src/model/features.ts';
import { SCENARIO_NAMES, SCENARIOS } from '../../src/recommend/scenarios.ts';
import { knownPastOf } from '../../src/session/past.ts';
import { EMPTY_SESSION } from '../../src/session/session.ts';
import { publishTo } from '../fixtures/publish.ts';
import { makeShop } from '../fixtures/shop.ts';
import { CHECK_EVERY_MS, startService, START_MS, type ErrorBody } from './service.ts';

const ITEMS = 60;
const DAY_MS = 24 * 60 * 60_000;

/** A shop with dates, brands, and a few items that may not be shown. */
function makeDatedShop() {
  const shop = makeShop({ items: ITEMS });
  const items = shop.items.map((item, row) => ({
    ...item,
    ...(row >= 30 && { createdAtMs: START_MS - (ITEMS - row) * DAY_MS }),
    attributes: {
      ...item.attributes,
      brand: `brand ${row % 7}`,
      ...(row === 4 && { hidden: true }),
      ...(row === 5 && { markets: ['DE'] }),
    },
  }));
  return { ...shop, items };
}

beforeAll(async () => {
  await applyD1Migrations(env.FEEDBACK, env.MIGRATIONS);
  await publishTo(env.SNAPSHOTS, makeDatedShop(), 0);
});
afterEach(() => vi.restoreAllMocks());

type Service = ReturnType<typeof startService>;
const answerOf = async (service: Service, body: object) => (await service.post(body)).json<Recommendation>();
const ids = ({ items }: Recommendation) => items.map(({ id }) => id);

async function expectFault(response: Response, status: number, code: ErrorCode, path?: string) {
  const { error } = await response.json<ErrorBody>();
  expect([response.status, error.code, error.path]).toEqual([status, code, path]);
  return error;
}

/** What each scenario needs beside a history. */
const NEEDS: Readonly<Record<string, object>> = {
  item: { context: { item: 'i8' } },
  cart: { context: { cart: ['i8', 'i20'] } },
  search: { query: 'mugs' },
};

describe('a scenario', () => {
  test('of every name answers', async () => {
    const service = startService();
    await service.post({});
    for (const scenario of SCENARIO_NAMES) {
      const answer = await answerOf(service, { scenario, history: ['i3', 'i7'], limit: 6, ...NEEDS[scenario] });
      expect([scenario, answer.items.length, answer.unknown]).toEqual([scenario, 6, []]);
      expect(answer.degraded.filter((part) => part !== 'trending')).toEqual([]);
      expect(ids(answer)).not.toContain('i4');
      if (scenario === 'item' || scenario === 'cart') expect(ids(answer)).not.toContain('i8');
    }
  });

  test('of no name is home', async () => {
    const service = startService();
    await service.post({});
    const [bare, home] = [await answerOf(service, { history: ['i3'] }), await answerOf(service, { scenario: 'home', history: ['i3'] })];
    expect(bare).toEqual(home);
  });

  test('that nobody knows is refused, with the names there are', async () => {
    for (const scenario of ['attic', '', '__proto__', 'Home']) {
      const { message } = await expectFault(await startService().post({ scenario }), 400, 'unknown_scenario', 'scenario');
      for (const name of SCENARIO_NAMES) expect(message).toContain(name);
    }
  });

  test('says what it needs', async () => {
    const service = startService();
    for (const scenario of SCENARIO_NAMES) {
      const { needs } = SCENARIOS[scenario];
      expect(needs === undefined).toBe(NEEDS[scenario] === undefined);
      if (needs) await expectFault(await service.post({ scenario, context: {} }), 400, 'invalid_request', needs);
    }
  });

  test('of an item that the catalogue does not have says so', async () => {
    const answer = await answerOf(startService(), { scenario: 'item', context: { item: 'gone' } });
    expect([answer.items.length, answer.unknown]).toEqual([10, ['gone']]);
  });
});

test('item and cart go on from what they are about', async () => {
  const service = startService();
  await service.post({});
  const item = await answerOf(service, {
    scenario: 'item',
    context: { item: 'i8' },
    limit: 3,
    overrides: { sources: { complementary: 1 } },
  });
  expect(new Set(ids(item))).toEqual(new Set(['i7', 'i9', 'i10']));
  expect(item.items.every(({ reason }) => reason.kind === 'goes-with' && reason.because[0] === 'i8')).toBe(true);
  const cart = await answerOf(service, { scenario: 'cart', context: { cart: ['i20'] }, limit: 3 });
  expect(ids(cart)).toEqual(expect.arrayContaining(['i21', 'i22']));
});

test('next begins with what was begun, of a session and of a history', async () => {
  const service = startService();
  await service.post({});
  const play = (item: string) => ({ item, type: 'play' });
  const history = [play('i8'), play('i9'), { item: 'i9', type: 'complete' }, play('i7'), 'i3'];
  const answer = await answerOf(service, { scenario: 'next', history });
  expect(ids(answer).slice(0, 2)).toEqual(['i7', 'i8']);
  expect(answer.items[0]!.reason).toEqual({ kind: 'continue', text: 'Go on where you stopped', because: [] });
  expect(ids(answer)).not.toContain('i9');
  expect(ids(await answerOf(service, { history })).filter((id) => ['i7', 'i8'].includes(id))).toEqual([]);

  const types = ['play', 'play', 'complete'] as const;
  const interactions = types.map((type, at) => ({ id: `p${at}`, user: 'viewer', item: at === 0 ? 'i8' : 'i9', type }));
  await service.record({ interactions });
  expect(ids(await answerOf(service, { scenario: 'next', user: 'viewer' }))[0]).toBe('i8');
});

test('an item that is hidden says something of who had it, and is named nowhere', async () => {
  const service = startService();
  await service.post({});
  const named = ({ items }: Recommendation) => items.flatMap(({ reason }) => reason.because);
  const alone = await answerOf(service, { history: ['i4'], context: { market: 'DE' }, limit: 20 });
  expect(alone.unknown).toEqual([]);
  expect(named(alone)).toEqual([]);
  expect(ids(alone).indexOf('i6')).toBeLessThan(ids(await answerOf(service, { context: { market: 'DE' }, limit: 20 })).indexOf('i6')); // it goes with i4
  const beside = await answerOf(service, { history: ['i4', 'i3'], context: { market: 'DE' }, limit: 20 });
  expect(new Set(named(beside))).toEqual(new Set(['i3']));
  for (const { reason } of [...alone.items, ...beside.items]) expect(reason.text).not.toContain('NUMBER 4');

  const wish = JSON.stringify({ kind: 'more-like-this', item: 'i4' });
  await expectFault(await service.fetch('/v1/users/u/critiques', { method: 'POST', body: wish }), 404, 'item_not_found', 'item');
  const { intent } = await answerOf(service, { scenario: 'search', query: 'like bags number 4' });
  expect(intent!.like).not.toContain('i4');
});

describe('the history of a request', () => {
  const entry = (item: string, type: string, value?: number) => ({ item, type, ...(value !== undefined && { value }) });

  test('says what interactions of these types would', async () => {
    const service = startService();
    await service.post({});
    const history = ['i3', entry('i8', 'dislike'), entry('i10', 'rating', 0), entry('i12', 'rating', 5), entry('i14', 'skip'), 'i14'];
    const answer = await answerOf(service, { history, limit: 100 });
    expect(ids(answer).filter((id) => ['i3', 'i8', 'i10', 'i12', 'i14'].includes(id))).toEqual([]);
    const because = new Set(answer.items.flatMap(({ reason }) => reason.because));
    expect([...because].filter((id) => ['i8', 'i10'].includes(id))).toEqual([]);
    expect([...because]).toEqual(expect.arrayContaining(['i12', 'i14'])); // i14 once more after it was skipped
    const alone = await answerOf(service, { history: [entry('i8', 'dislike')] });
    expect(alone.items.every(({ reason }) => reason.kind === 'popular')).toBe(true);
    expect(ids(alone)).toEqual(ids(await answerOf(service, { exclude: ['i8'] })));
  });

  test('is of types that there are, and of fields', async () => {
    const service = startService();
    await expectFault(await service.post({ history: ['i3', entry('i8', 'bogus')] }), 400, 'unknown_interaction_type', 'history[1].type');
    await expectFault(await service.post({ history: [entry('i8', 'rating')] }), 400, 'invalid_request', 'history[0].value');
    await expectFault(await service.post({ history: [{ item: 'i8', foo: 9 }] }), 400, 'invalid_request', 'history[0].foo');
  });
});

test('news prefers what is new and never shows again what was shown', async () => {
  const service = startService();
  await service.post({});
  const first = await answerOf(service, { scenario: 'news', user: 'reader', limit: 5 });
  expect(ids(first).every((id) => Number(id.slice(1)) >= 30)).toBe(true);
  const shown = first.items.map(({ id: item }, position) => ({ id: `s${position}`, user: 'reader', item, type: 'impression', position }));
  await service.record({ interactions: shown });
  const second = await answerOf(service, { scenario: 'news', user: 'reader', limit: 5 });
  expect(second.items).toHaveLength(5);
  expect(ids(second).filter((id) => ids(first).includes(id))).toEqual([]);
  // Elsewhere an impression says nothing.
  const home = async () => ids(await answerOf(service, { user: 'reader', limit: 5 }));
  expect(await home()).toEqual(ids(await answerOf(service, { limit: 5 })));
});

test('search finds all that has the words, in the order of taste too, and fills up with what is near their meaning', async () => {
  const service = startService();
  await service.post({});
  const answer = await answerOf(service, { scenario: 'search', query: 'lights', history: ['i8'], limit: 20 });
  // Of 20 lights one is for another market.
  const isLight = answer.items.map(({ title }) => title.startsWith('LIGHTS'));
  expect([isLight.filter(Boolean).length, isLight.indexOf(false)]).toEqual([19, expect.toSatisfy((place: number) => place >= 10)]);
  expect(answer.items.map(({ reason }) => reason.kind)).toEqual(isLight.map((is) => (is ? 'match' : 'meaning')));
  const stranger = await answerOf(service, { scenario: 'search', query: 'lights', limit: 20 });
  expect(ids(stranger)).not.toEqual(ids(answer));
  expect(ids(answer)).toContain('i8');
  expect(await answerOf(service, { scenario: 'search', query: 'zzz' })).toMatchObject({ items: [], cursor: null });
});

test('only the market of the request sees what is for it alone', async () => {
  const service = startService();
  const has = async (context: object) => ids(await answerOf(service, { limit: 100, context })).includes('i5');
  expect([await has({}), await has({ market: 'FR' }), await has({ market: 'DE' })]).toEqual([false, false, true]);
  const listed = await (await service.get('/v1/items?q=&limit=100')).json<Recommendation>();
  const popular = await (await service.get('/v1/popular?limit=100')).json<Recommendation>();
  const similar = await (await service.get('/v1/items/i3/similar?limit=100')).json<Recommendation>();
  for (const list of [listed, popular, similar]) expect(ids(list).filter((id) => id === 'i4' || id === 'i5')).toEqual([]);
});

describe('trending', () => {
  const TRENDING = [
    { item: 'i41', score: 9 },
    { item: 'i42', score: 8 },
  ];

  test('is missed, visibly, until it was read once, which no answer waits for', async () => {
    let reads = 0;
    const counters = { trending: async () => (reads++, TRENDING), exposures: async () => new Map() };
    const service = startService({ counters });
    await service.post({});
    expect(reads).toBe(0);
    const body = { scenario: 'email', limit: 30, overrides: { sources: { trending: 1 } } };
    expect(await answerOf(service, body)).toMatchObject({ items: [], degraded: ['trending'] });
    const second = await answerOf(service, body);
    expect([ids(second), second.degraded]).toEqual([['i41', 'i42'], []]);
    expect(second.items[0]!.reason).toEqual({ kind: 'trending', text: 'Trending now', because: [] });
    service.clock.nowMs += 59_999;
    await service.post(body);
    await service.get('/v1/trending');
    expect(reads).toBe(1);
    service.clock.nowMs += 1;
    await service.get('/v1/trending');
    expect(reads).toBe(2);
  });

  test('that cannot be read is tried again once a minute and keeps what it had', async () => {
    const logged = vi.spyOn(console, 'warn').mockReturnValue(undefined);
    const state = { reads: 0, fails: true };
    const trending = async () => (state.reads++, state.fails ? Promise.reject(new Error('D1 is down')) : TRENDING);
    const service = startService({ counters: { trending, exposures: async () => new Map() } });
    const body = { overrides: { sources: { trending: 1 } } };
    for (let request = 0; request < 3; request++) expect((await answerOf(service, body)).degraded).toEqual(['trending']);
    expect([state.reads, logged.mock.calls.length]).toEqual([1, 1]);
    state.fails = false;
    service.clock.nowMs += 60_000;
    await service.post(body);
    expect(ids(await answerOf(service, body))).toEqual(['i41', 'i42']);
    state.fails = true;
    service.clock.nowMs += 60_000;
    await service.post(body);
    expect((await answerOf(service, body)).degraded).toEqual([]);
    expect(state.reads).toBe(3);
  });
});

test('lists keep to the market of their address', async () => {
  const service = startService();
  for (const path of ['items?q=', 'items/i8/similar?', 'popular?', 'trending?']) {
    const has = async (market: string) =>
      ids(await (await service.get(`/v1/${path}&limit=100${market}`)).json<Recommendation>()).includes('i5');
    expect([await has(''), await has('&market=FR'), await has('&market=DE')]).toEqual([false, false, true]);
  }
});

test('exploration learns from what the counters say of fresh items', async () => {
  const asked: (readonly string[])[] = [];
  const exposures = async (items: readonly string[]) => (asked.push(items), new Map([['i59', { impressions: 1e6, clicks: 9e5 }]]));
  const service = startService({ counters: { trending: async () => [], exposures } });
  const body = { limit: 3, overrides: { exploration: 1 } };
  await service.post(body);
  expect(asked).toEqual([Array.from({ length: 30 }, (_, at) => `i${ITEMS - 1 - at}`)]);
  expect(ids(await answerOf(service, { ...body, overrides: { exploration: 1, sources: { popular: 1, fresh: 1 } } }))[2]).toBe('i59');
});

describe('pages', () => {
  test('go on by the cursor, until there are no more', async () => {
    const service = startService();
    await service.post({});
    const got: string[] = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const answer: Recommendation = await answerOf(service, { history: ['i3'], limit: 13, ...(cursor && { cursor }) });
      got.push(...ids(answer));
      ({ cursor } = answer);
    }
    expect(new Set(got).size).toBe(got.length);
    expect(got).toHaveLength(ITEMS - 3); // without i3, i4 and i5
  });

  test('of a version that is gone are refused, and so is what is no cursor of the list', async () => {
    const service = startService();
    const { cursor } = await answerOf(service, { limit: 2 });
    await expectFault(await service.post({ cursor: 'nonsense' }), 400, 'cursor_invalid', 'cursor');
    await expectFault(await service.post({ cursor: '' }), 400, 'cursor_invalid', 'cursor');
    await expectFault(await service.post({ cursor, scenario: 'news' }), 400, 'cursor_invalid', 'cursor');
    await expectFault(await service.post({ cursor: 5 }), 400, 'invalid_request', 'cursor');
    await expectFault(await service.post({ cursor: 'x'.repeat(LIMITS.cursorChars) }), 400, 'cursor_invalid', 'cursor');
    await expectFault(await service.post({ cursor: 'x'.repeat(LIMITS.cursorChars + 1) }), 400, 'invalid_request', 'cursor');

    await publishTo(env.SNAPSHOTS, { ...makeDatedShop(), statistics: makeShop({ items: ITEMS }).statistics }, 60_000);
    service.clock.nowMs += CHECK_EVERY_MS;
    await service.get('/v1/health');
    await expectFault(await service.post({ cursor }), 410, 'cursor_stale', 'cursor');
  });
});

describe('overrides', () => {
  test('change a part of the scenario', async () => {
    const service = startService();
    await service.post({});
    const capped = await answerOf(service, { limit: 3, overrides: { caps: { category: 1 } } });
    expect(new Set(capped.items.map(({ title }) => title.split(' ')[0])).size).toBe(3);
    const boosted = await answerOf(service, { limit: 3, overrides: { boosts: [{ filter: 'id == "i33"', factor: 100 }] } });
    expect(ids(boosted)[0]).toBe('i33');
    const scoreOf = async (seen: string) =>
      (await answerOf(service, { history: ['i3'], limit: 58, seen })).items.find(({ id }) => id === 'i3')?.score;
    expect(await scoreOf('drop')).toBeUndefined();
    expect(await scoreOf('demote')).toBeCloseTo((await scoreOf('allow'))! - Math.log(LIMITS.factor), 4);
  });

  const good = { caps: { category: 1 }, boosts: [{ filter: 'price < 9', factor: 2 }] };
  const faults: [name: string, overrides: unknown, path: string, code?: ErrorCode][] = [
    ['no object', 3, 'overrides'],
    ['an unknown field', { ...good, colour: 1 }, 'overrides.colour'],
    ['an unknown source', { sources: { oracle: 1 } }, 'overrides.sources.oracle'],
    ['no source', { sources: {} }, 'overrides.sources'],
    ['a factor of 0', { sources: { popular: 0 } }, 'overrides.sources.popular'],
    ['a factor below the least', { boosts: [{ filter: 'price < 9', factor: 0.0099 }] }, 'overrides.boosts[0].factor'],
    ['a factor above the most', { boosts: [{ filter: 'price < 9', factor: LIMITS.factor + 0.1 }] }, 'overrides.boosts[0].factor'],
    ['too many boosts', { boosts: Array.from({ length: LIMITS.boosts + 1 }, () => good.boosts[0]) }, 'overrides.boosts'],
    [
      'a boost with a mistake in it',
      { boosts: [good.boosts[0], { filter: 'price <', factor: 2 }] },
      'overrides.boosts[1].filter',
      'invalid_filter',
    ],
    ['a boost without a filter', { boosts: [{ factor: 2 }] }, 'overrides.boosts[0].filter'],
    ['a cap of 0', { caps: { category: 0 } }, 'overrides.caps.category'],
    ['half a cap', { caps: { brand: 1.5 } }, 'overrides.caps.brand'],
    ['a cap too high', { caps: { brand: LIMITS.cap + 1 } }, 'overrides.caps.brand'],
    ['too much diversity', { diversity: 1.01 }, 'overrides.diversity'],
    ['too little', { diversity: -0.01 }, 'overrides.diversity'],
    ['too many places to explore', { exploration: LIMITS.explorationSlots + 1 }, 'overrides.exploration'],
    ['too few', { exploration: -1 }, 'overrides.exploration'],
    ['a reranking that is no yes or no', { reranking: 1 }, 'overrides.reranking'],
    ['too short a half-life', { halfLifeDays: LIMITS.halfLifeDays.least / 2 }, 'overrides.halfLifeDays'],
    ['too long a half-life', { halfLifeDays: LIMITS.halfLifeDays.most + 1 }, 'overrides.halfLifeDays'],
    ['a word for true', { shownIsSeen: 'yes' }, 'overrides.shownIsSeen'],
  ];
  test.for(faults)('with %s are refused', async ([, overrides, path, code = 'invalid_request']) => {
    await expectFault(await startService().post({ overrides }), 400, code, path);
  });

  test('at their bounds are taken', async () => {
    const { least, most } = LIMITS.halfLifeDays;
    const boosts = Array.from({ length: LIMITS.boosts }, (_, at) => ({
      filter: 'price < 9',
      factor: at % 2 ? LIMITS.factor : 1 / LIMITS.factor,
    }));
    for (const overrides of [
      {},
      { sources: { popular: 1 / LIMITS.factor }, halfLifeDays: least, boosts, caps: { category: 1, brand: LIMITS.cap } },
      { sources: { popular: LIMITS.factor }, halfLifeDays: most, diversity: 1, exploration: LIMITS.explorationSlots },
      { diversity: 0, exploration: 0, caps: {}, boosts: [], shownIsSeen: true },
    ])
      expect((await startService().post({ overrides })).status).toBe(200);
  });
});

test('the context and the query are bounded', async () => {
  const service = startService();
  const cart = (length: number) => ({ scenario: 'cart', context: { cart: Array.from({ length }, (_, at) => `i${at}`) } });
  expect((await service.post(cart(LIMITS.cartItems))).status).toBe(200);
  await expectFault(await service.post(cart(LIMITS.cartItems + 1)), 400, 'invalid_request', 'context.cart');
  await expectFault(await service.post(cart(0)), 400, 'invalid_request', 'context.cart');
  const market = (chars: number) => ({ context: { market: 'M'.repeat(chars) } });
  expect((await service.post(market(LIMITS.marketChars))).status).toBe(200);
  for (const chars of [0, LIMITS.marketChars + 1])
    await expectFault(await service.post(market(chars)), 400, 'invalid_request', 'context.market');
  const query = (chars: number) => ({ scenario: 'search', query: 'q'.repeat(chars) });
  expect((await service.post(query(LIMITS.queryChars))).status).toBe(200);
  for (const chars of [0, LIMITS.queryChars + 1]) await expectFault(await service.post(query(chars)), 400, 'invalid_request', 'query');
  await expectFault(await service.post({ context: { basket: [] } }), 400, 'invalid_request', 'context.basket');
});

describe('explain: "debug"', () => {
  test('tells per source, per feature and per rule', async () => {
    const service = startService();
    await service.post({});
    const { items, debug } = await answerOf(service, { scenario: 'email', history: ['i10'], limit: 5, explain: 'debug', exclude: ['i12'] });
    expect(debug!.scenario).toBe('email');
    expect(debug!.sources.map(({ source }) => source)).toEqual(['transformer', 'rules', 'coVisits', 'texts', 'trending', 'popular']);
    expect(debug!.sources.find(({ source }) => source === 'rules')!.items).toEqual(['i11']); // and i12, were it not excluded
    for (const { features, score } of debug!.candidates) {
      expect(Object.keys(features)).toEqual(FEATURES.map(({ name }) => name));
      expect(Object.values(features).reduce((sum, value) => sum + value, 0)).toBeCloseTo(score, 3); // the stand-in for the ranker adds
    }
    const scores = debug!.candidates.map(({ score }) => score);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    expect(debug!.rules.map(({ rule }) => rule)).toEqual([
      'eligibility',
      'conditions',
      'filter',
      'seen',
      'exclusions',
      'resume',
      'freshness',
      'boosts',
      'critiques',
      'reranking',
      'order',
      'caps',
      'diversity',
      'exploration',
      'refill',
    ]);
    expect(debug!.barred).toEqual([
      { id: 'i12', reason: 'excluded' },
      { id: 'i10', reason: 'seen' },
    ]);
    const told = [...debug!.sources.flatMap((source) => source.items), ...debug!.candidates.map(({ id }) => id)];
    expect(told).not.toContain('i10');
    expect(told).not.toContain('i12');
    expect(debug!.rules.at(-1)!.kept).toEqual(items.map(({ id }) => id));
    expect(await answerOf(service, { history: ['i3'] })).not.toHaveProperty('debug');
  });

  test('is for those who may have it', async () => {
    const asPublic = startService({ caller: { role: 'public', tenant: DEFAULT_TENANT, key: 'k1' } });
    await expectFault(await asPublic.post({ explain: 'debug' }), 403, 'forbidden', 'explain');
    expect((await asPublic.post({})).status).toBe(200);
    const service = startService();
    expect((await service.post({ explain: 'debug' })).status).toBe(200);
    await expectFault(await service.post({ explain: 'all' }), 400, 'invalid_request', 'explain');
  });
});

describe('POST /v1/recommendations:batch', () => {
  type Answers = { answers: (Recommendation & ErrorBody)[] };
  const batch = (service: Service, body: unknown) =>
    service.fetch('/v1/recommendations:batch', { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) });

  test('answers for every user, in order, as one request would', async () => {
    const service = startService();
    for (let request = 0; request < 2; request++) await service.post({ scenario: 'email' });
    await service.record({ interactions: [{ id: 'b1', user: 'bea', item: 'i8', type: 'click' }] });
    const response = await batch(service, { scenario: 'email', limit: 4, users: ['bea', 'nobody'] });
    const { answers } = await response.json<Answers>();
    expect(answers[0]).toEqual(await answerOf(service, { scenario: 'email', limit: 4, user: 'bea' }));
    expect(answers[1]).toEqual(await answerOf(service, { scenario: 'email', limit: 4, user: 'nobody' }));
    expect(answers[0]!.items).not.toEqual(answers[1]!.items);
    expect(response.headers.get('server-timing')).toMatch(/^users;dur=\d+\.\d{3}, answers;dur=\d+\.\d{3}, total;dur=/);
  });

  test('puts a fault in the place of its answer', async () => {
    const service = startService();
    const requests = [
      { history: ['i3'] },
      { history: [5] },
      7,
      [],
      { scenario: 'attic' },
      { cursor: 'x' },
      { limit: 2, filter: 'price < 4' },
      { filter: 'price <' },
      { explain: 'debug' },
    ];
    const { answers } = await (await batch(service, { limit: 3, requests })).json<Answers>();
    expect(answers.map(({ items, error }) => error?.code ?? items.length)).toEqual([
      3,
      'invalid_request',
      'invalid_request',
      'invalid_request',
      'unknown_scenario',
      'cursor_invalid',
      2,
      'invalid_filter',
      'invalid_request',
    ]);
    expect(answers[1]!.error).toEqual({
      code: 'invalid_request',
      message: expect.any(String),
      path: 'history[0]',
      requestId: expect.any(String),
    });
  });

  test('a fault of what is for all of them is one of the batch', async () => {
    const service = startService();
    const users = (count: number) => ({ users: Array.from({ length: count }, (_, at) => `u${at}`) });
    await expectFault(await batch(service, {}), 400, 'invalid_request');
    await expectFault(await batch(service, { users: ['a'], requests: [{}] }), 400, 'invalid_request');
    await expectFault(await batch(service, { users: [] }), 400, 'invalid_request', 'users');
    await expectFault(await batch(service, { ...users(1), limit: 0 }), 400, 'invalid_request', 'limit');
    await expectFault(await batch(service, { ...users(1), history: [] }), 400, 'invalid_request', 'history');
    await expectFault(await batch(service, users(LIMITS.batchRequests + 1)), 400, 'invalid_request', 'users');
    await expectFault(await batch(service, { requests: users(LIMITS.batchRequests + 1).users }), 400, 'invalid_request', 'requests');
    const most = Array.from({ length: LIMITS.batchRequests }, () => ({}));
    const { answers } = await (await batch(service, { requests: most, limit: 1 })).json<Answers>();
    expect(answers).toHaveLength(LIMITS.batchRequests);
    const padded = (bytes: number) => JSON.stringify({ requests: [{ limit: 1 }] }).padEnd(bytes);
    expect((await batch(service, padded(LIMITS.batchBodyBytes))).status).toBe(200);
    await expectFault(await batch(service, padded(LIMITS.batchBodyBytes + 1)), 413, 'body_too_large');
    expect((await service.get('/v1/recommendations:batch')).status).toBe(405);
    expect((await service.fetch('/v1/recommendations:other', { method: 'POST' })).status).toBe(404);
  });

  test('a session that cannot be read degrades its answer only', async () => {
    vi.spyOn(console, 'warn').mockReturnValue(undefined);
    const orLost = async <T>(user: string, value: T) => (user === 'lost' ? Promise.reject(new Error('lost')) : value);
    const sessions = {
      read: (user: string) => orLost(user, EMPTY_SESSION),
      past: (user: string) => orLost(user, knownPastOf(EMPTY_SESSION)),
      record: async () => 0,
      critique: async () => [],
      uncritique: async () => [],
      refine: async () => undefined,
      askReranking: async () => false,
      keepReranking: async () => undefined,
      erase: async () => undefined,
      merge: async () => 0,
    };
    const { answers } = await (await batch(startService({ sessions }), { users: ['ann', 'lost'] })).json<Answers>();
    expect(answers.map(({ degraded }) => degraded)).toEqual([[], ['session']]);
  });
});
