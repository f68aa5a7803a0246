import { env } from 'cloudflare:workers';
import { applyD1Migrations, createExecutionContext, createMessageBatch, getQueueResult } from 'cloudflare:test';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { FeedbackMessage, StreamedInteraction } from '../../src/domain/feedback.ts';
import { LIMITS } from '../../src/domain/limits.ts';
import { DEFAULT_TENANT } from '../../src/domain/tenant.ts';
import type { Recommendation } from '../../src/domain/recommendation.ts';
import type { FeedbackStores } from '../../src/feedback/consume.ts';
import { behaviourOf } from '../../src/feedback/behaviour.ts';
import { Counters } from '../../src/feedback/counters.ts';
import { DeadLetters } from '../../src/feedback/dead-letters.ts';
import { TrainingLog } from '../../src/feedback/log.ts';
import { Traces } from '../../src/feedback/traces.ts';
import { buryBatch, consumeBatch } from '../../src/feedback/queue.ts';
import { makeInteraction, NOON_MS } from '../fixtures/interaction.ts';
import { publishTo } from '../fixtures/publish.ts';
import { makeShop } from '../fixtures/shop.ts';
import { startService, type ErrorBody } from './service.ts';

const TABLES = [
  'counted',
  'trends',
  'placements',
  'variant_users',
  'exposures',
  'co_visits',
  'log_objects',
  'erasures',
  'dead_letters',
  'merges',
];

beforeAll(async () => {
  await applyD1Migrations(env.FEEDBACK, env.MIGRATIONS);
  await publishTo(env.SNAPSHOTS, makeShop(), 0);
});
beforeEach(async () => {
  await env.FEEDBACK.batch(TABLES.map((table) => env.FEEDBACK.prepare(`DELETE FROM ${table}`)));
  const { objects } = await env.LOG.list();
  await env.LOG.delete(objects.map(({ key }) => key));
});
afterEach(() => vi.restoreAllMocks());

const streamed = (fields: Partial<StreamedInteraction> = {}): StreamedInteraction => ({
  ...makeInteraction(fields),
  after: fields.after ?? [],
});
const message = (...interactions: StreamedInteraction[]): FeedbackMessage => ({ kind: 'interactions', interactions });
const stores = (changes: Partial<FeedbackStores> = {}): FeedbackStores => ({
  counters: new Counters(env.FEEDBACK, DEFAULT_TENANT),
  traces: new Traces(env.FEEDBACK, DEFAULT_TENANT),
  log: new TrainingLog(env.LOG, DEFAULT_TENANT),
  nowMs: () => NOON_MS,
  newId: () => crypto.randomUUID(),
  eraseSession: async () => undefined,
  categoriesOf: (item) => (item === 'i1' ? ['bags'] : []),
  ...changes,
});

/** Gives a batch to the consumer as the queue would; tells which messages were taken and which come again. */
async function deliver(messages: readonly FeedbackMessage[], changes: Partial<FeedbackStores> = {}, attempts = 1) {
  const batch = createMessageBatch<FeedbackMessage>(
    'edgewise-interactions',
    messages.map((body, at) => ({ id: `m${at}`, timestamp: new Date(NOON_MS), attempts, body })),
  );
  await consumeBatch(batch, async () => stores(changes));
  const { explicitAcks, retryMessages } = await getQueueResult(batch, createExecutionContext());
  return { taken: explicitAcks, again: retryMessages.map(({ msgId }) => msgId) };
}

const rows = async (query: string) => (await env.FEEDBACK.prepare(query).raw()).map((row) => [...row]);

/** What of an interaction stands in the log as it is. */
function withoutTimes(interaction: StreamedInteraction): Record<string, unknown> {
  const stays = ([name]: [string, unknown]) => !['atMs', 'receivedMs', 'after'].includes(name);
  return Object.fromEntries(Object.entries(interaction).filter(stays));
}

/** All lines of the log. */
async function logged(): Promise<Record<string, unknown>[]> {
  const { objects } = await env.LOG.list();
  const texts = await Promise.all(
    objects.map(async ({ key }) => {
      const object = (await env.LOG.get(key))!;
      return new Response(object.body.pipeThrough(new DecompressionStream('gzip'))).text();
    }),
  );
  return texts.flatMap((text) => text.split('\n').slice(0, -1)).map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** Bindings whose `n`th call fails. */
function failing<T extends object>(binding: T, method: keyof T & string, n = 1): T {
  let calls = 0;
  return new Proxy(binding, {
    get(target, name) {
      const value = Reflect.get(target, name) as unknown;
      if (typeof value !== 'function') return value;
      return (...input: unknown[]) => {
        if (name === method && ++calls === n) throw new Error(`${method} failed`);
        return (value as (...input: unknown[]) => unknown).apply(target, input);
      };
    },
  });
}

test('what was counted before costs nothing to leave alone', async () => {
  let read = 0;
  const database = {
    prepare: (query: string) => ({
      bind: (...values: unknown[]) => ({
        async all() {
          const result = await env.FEEDBACK.prepare(query)
            .bind(...values)
            .all();
          read += result.meta.rows_read;
          return result;
        },
      }),
    }),
  } as unknown as D1Database;
  const counted = Array.from({ length: 300 }, (_, at) => ['default', `u${at}`, 'a', NOON_MS]);
  await env.FEEDBACK.prepare('INSERT INTO counted SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?)')
    .bind(JSON.stringify(counted))
    .run();
  const sent = [streamed({ id: 'a', user: 'u7' }), streamed({ id: 'b', user: 'u7' })];
  expect(await new Counters(database, DEFAULT_TENANT).uncounted(sent)).toEqual(sent.slice(1));
  expect(read).toBeLessThan(10);
});

describe('a batch of the queue', () => {
  test('is counted and logged', async () => {
    const shown = { recommendationId: 'r1.home.diverse.b', position: 2 };
    const sent = [
      streamed({ id: 'a', country: 'DE', after: ['i9'] }),
      streamed({ id: 'b', item: 'i2', type: 'impression', ...shown }),
      streamed({ id: 'c', item: 'i2', type: 'click', user: 'u2', value: 0.5, ...shown }),
    ];
    expect(await deliver([message(...sent.slice(0, 2)), message(sent[2]!)])).toEqual({ taken: ['m0', 'm1'], again: [] });
    expect(await rows('SELECT country, category, item, popularity FROM trends ORDER BY 1, 2, 3')).toEqual([
      ['', '', 'i1', 1],
      ['', '', 'i2', 1],
      ['', 'bags', 'i1', 1],
      ['DE', '', 'i1', 1],
      ['DE', 'bags', 'i1', 1],
    ]);
    expect(await rows('SELECT scenario, experiment, variant, position, impressions, clicks FROM placements')).toEqual([
      ['home', 'diverse', 'b', 2, 1, 1],
    ]);
    expect(await rows('SELECT experiment, variant, user, impressions, clicks, purchases FROM variant_users ORDER BY user')).toEqual([
      ['diverse', 'b', 'u1', 1, 0, 0],
      ['diverse', 'b', 'u2', 0, 1, 0],
    ]);
    expect(await rows('SELECT item, impressions, clicks FROM exposures')).toEqual([['i2', 1, 1]]);
    expect(await new Counters(env.FEEDBACK, DEFAULT_TENANT).exposures(['i1', 'i2', "i'3"])).toEqual(
      new Map([['i2', { impressions: 1, clicks: 1 }]]),
    );
    expect(await rows('SELECT earlier, later, visits FROM co_visits')).toEqual([['i9', 'i1', 1]]);
    const at = new Date(NOON_MS).toISOString();
    expect(await logged()).toEqual(sent.map((interaction) => ({ ...withoutTimes(interaction), at, receivedAt: at })));
    expect((await env.LOG.list()).objects[0]!.key).toMatch(/^interactions\/2026-11-24\/[\w-]{36}\.ndjson\.gz$/);
  });

  test('that comes twice is counted once', async () => {
    const twice = message(streamed({ id: 'a' }), streamed({ id: 'b' }));
    await deliver([twice, twice]);
    await deliver([message(streamed({ id: 'b' }), streamed({ id: 'c' }))]);
    expect(await rows("SELECT popularity FROM trends WHERE category = ''")).toEqual([[3]]);
    expect(await logged()).toHaveLength(3);
  });

  test('the same id of another user is another interaction', async () => {
    await deliver([message(streamed(), streamed({ user: 'u2' }))]);
    expect(await rows("SELECT popularity FROM trends WHERE category = ''")).toEqual([[2]]);
  });

  test('of more rows than one statement takes', async () => {
    const many = Array.from({ length: 900 }, (_, at) => streamed({ id: `e${at}`, item: `many ${at}` }));
    await deliver([message(...many)]);
    await deliver([message(...many)]);
    expect(await rows('SELECT count(*), sum(popularity) FROM trends')).toEqual([[900, 900]]);
  });

  test('forgets what was counted long ago, and not before', async () => {
    await deliver([message(streamed({ id: 'old' }))]);
    await deliver([message(streamed({ id: 'new' }))], { nowMs: () => NOON_MS + LIMITS.countedMs });
    expect(await rows('SELECT id FROM counted ORDER BY id')).toEqual([['new'], ['old']]);
    await deliver([message(streamed({ id: 'newer' }))], { nowMs: () => NOON_MS + LIMITS.countedMs + 1 });
    expect(await rows('SELECT id FROM counted ORDER BY id')).toEqual([['new'], ['newer']]);
  });
});

describe('what users did with an item', () => {
  const behaviour = (...items: string[]) => behaviourOf(items, env.FEEDBACK, DEFAULT_TENANT);

  test('is how much they turned to it, and what they had turned to before', async () => {
    await deliver([
      message(
        streamed({ id: 'a', item: 'new', after: ['i1', 'i2'] }),
        streamed({ id: 'b', item: 'new', user: 'u2', after: ['i2'], type: 'purchase', weight: 5 }),
        streamed({ id: 'c', item: 'alone' }),
      ),
    ]);
    expect(await behaviourOf(['new'], env.FEEDBACK, 'acme')).toEqual([]);
    expect(await behaviour('new', 'alone', 'nobody knows', "i'3")).toEqual([
      {
        item: 'new',
        popularity: 6,
        after: [
          ['i2', 2],
          ['i1', 1],
        ],
      },
      { item: 'alone', popularity: 1, after: [] },
    ]);
  });

  test('is read of so many items before it, and not one more', async () => {
    const most = LIMITS.visitsRead;
    const visits = Array.from({ length: most + 1 }, (_, at) => streamed({ id: `a${at}`, item: 'new', after: [`i${at}`] }));
    await deliver([message(...visits.slice(0, most))]);
    expect((await behaviour('new'))[0]!.after).toHaveLength(most);
    await deliver([message(...visits.slice(most), streamed({ id: 'again', item: 'new', after: [`i${most}`] }))]);
    const [{ after } = { after: [] }] = await behaviour('new');
    expect([after.length, after[0]]).toEqual([most, [`i${most}`, 2]]);
  });
});

describe('with a part that fails', () => {
  beforeEach(() => void vi.spyOn(console, 'error').mockReturnValue(undefined));
  const sent = [message(streamed({ id: 'a' })), message(streamed({ id: 'b' }))];
  const faults: [name: string, changes: () => Partial<FeedbackStores>][] = [
    ...[1, 2].map((n): [string, () => Partial<FeedbackStores>] => [
      `D1 at query ${n} for the counters`,
      () => ({ counters: new Counters(failing(env.FEEDBACK, 'prepare', n), DEFAULT_TENANT) }),
    ]),
    ...[1, 2].map((n): [string, () => Partial<FeedbackStores>] => [
      `D1 at query ${n} for the traces`,
      () => ({ traces: new Traces(failing(env.FEEDBACK, 'prepare', n), DEFAULT_TENANT) }),
    ]),
    ['D1 at the transaction', () => ({ counters: new Counters(failing(env.FEEDBACK, 'batch'), DEFAULT_TENANT) })],
    ['R2', () => ({ log: new TrainingLog(failing(env.LOG, 'put'), DEFAULT_TENANT) })],
  ];
  test.for(faults)('%s: nothing is counted, and all of it when the batch comes again', async ([, changes]) => {
    expect(await deliver(sent, changes())).toEqual({ taken: [], again: ['m0', 'm1'] });
    expect(await rows('SELECT * FROM trends')).toEqual([]);
    expect((await deliver(sent, {}, 2)).taken).toEqual(['m0', 'm1']);
    expect(await rows("SELECT popularity FROM trends WHERE category = ''")).toEqual([[2]]);
    expect(new Set((await logged()).map(({ id }) => id))).toEqual(new Set(['a', 'b']));
  });

  test('a message that is bad fails alone, from the second attempt on', async () => {
    const bad = { kind: 'interactions', interactions: [{ ...streamed({ id: 'bad' }), atMs: NaN }] } as FeedbackMessage;
    expect((await deliver([sent[0]!, bad, sent[1]!])).taken).toEqual([]);
    expect(await deliver([sent[0]!, bad, sent[1]!], {}, 3)).toEqual({ taken: ['m0', 'm2'], again: ['m1'] });
    expect(await rows("SELECT popularity FROM trends WHERE category = ''")).toEqual([[2]]);
  });

  test('two consumers of the same message count it once', async () => {
    const outcomes = await Promise.all([deliver([sent[0]!]), deliver([sent[0]!])]);
    expect(outcomes.flatMap(({ taken }) => taken).length).toBeGreaterThan(0);
    expect(await rows("SELECT popularity FROM trends WHERE category = ''")).toEqual([[1]]);
  });
});

describe('a user who is erased', () => {
  const erase = (user: string, untilMs: number): FeedbackMessage => ({ kind: 'erase', user, untilMs });
  const users = async () => (await logged()).map(({ user, id }) => `${String(user)} ${String(id)}`).sort();

  test('leaves the log and the memory of what was counted', async () => {
    await deliver([message(streamed({ id: 'a' }), streamed({ id: 'b', user: 'u2' }))]);
    await deliver([message(streamed({ id: 'c' }))]);
    expect((await deliver([erase('u1', NOON_MS)])).taken).toEqual(['m0']);
    expect(await users()).toEqual(['u2 b']);
    expect((await env.LOG.list()).objects).toHaveLength(1);
    for (const table of ['counted', 'log_objects']) expect(await rows(`SELECT user FROM ${table}`)).toEqual([['u2']]);
  });

  test('stays erased when an older message comes later, and may come back', async () => {
    await deliver([message(streamed({ id: 'late' })), erase('u1', NOON_MS)]);
    await deliver([message(streamed({ id: 'later' }), streamed({ id: 'new', receivedMs: NOON_MS + 1 }))]);
    expect(await users()).toEqual(['u1 new']);
    await deliver([erase('u1', NOON_MS)]);
    expect(await users()).toEqual(['u1 new']);
    await deliver([erase('u1', NOON_MS + 1)]);
    expect(await users()).toEqual([]);
  });

  test.for([
    [LIMITS.erasedObjects, ['m0']],
    [LIMITS.erasedObjects + 1, []],
  ] as const)('with %i objects of the log', async ([objects, taken]) => {
    vi.spyOn(console, 'error').mockReturnValue(undefined);
    const keys = Array.from({ length: objects }, (_, at) => ['u1', `interactions/${at}`]);
    await env.FEEDBACK.prepare("INSERT INTO log_objects SELECT 'default', value ->> 0, value ->> 1 FROM json_each(?)")
      .bind(JSON.stringify(keys))
      .run();
    expect((await deliver([erase('u1', NOON_MS)])).taken).toEqual(taken);
    expect((await deliver([erase('u1', NOON_MS)], {}, 2)).taken).toEqual(['m0']);
    expect(await rows('SELECT * FROM log_objects')).toEqual([]);
  });
});

describe('a visitor who turned out to be a user', () => {
  const merge = (visitor: string, user: string, atMs = NOON_MS): FeedbackMessage => ({ kind: 'merge', visitor, user, atMs });
  const erase = (user: string, untilMs = NOON_MS): FeedbackMessage => ({ kind: 'erase', user, untilMs });
  const erasing = () => {
    const erased: string[] = [];
    return { erased, eraseSession: async (user: string) => void erased.push(user) };
  };

  test('is a line of the log, and nothing is counted again', async () => {
    await deliver([message(streamed({ id: 'a', user: 'v1' }))]);
    expect((await deliver([merge('v1', 'u1')])).taken).toEqual(['m0']);
    await deliver([message(streamed({ id: 'a', user: 'u1' }), streamed({ id: 'a', user: 'v1' }))]);
    expect(await rows("SELECT popularity FROM trends WHERE category = ''")).toEqual([[1]]);
    const lines = await logged();
    expect(lines.map(({ type, user, visitor }) => [type, user, visitor])).toEqual(
      expect.arrayContaining([
        ['view', 'v1', undefined],
        ['merge', 'u1', 'v1'],
      ]),
    );
    expect(lines).toHaveLength(2);
  });

  test('is erased with the user, whichever message comes first', async () => {
    const { erased, eraseSession } = erasing();
    await deliver([merge('v1', 'u1', NOON_MS - 2), merge('v2', 'u2', NOON_MS - 2)]);
    await deliver([erase('u1')], { eraseSession });
    expect(erased).toEqual(['v1']);
    expect(await rows('SELECT visitor FROM merges')).toEqual([['v2']]);
    await deliver([merge('v3', 'u1', NOON_MS - 1)], { eraseSession });
    expect(erased).toEqual(['v1', 'v3']);
    expect((await logged()).map(({ visitor }) => visitor)).toEqual(['v2']);
    await deliver([erase('v2')], { eraseSession });
    expect(await logged()).toEqual([]);
  });

  test('is not erased with what the user did before', async () => {
    const { erased, eraseSession } = erasing();
    await deliver([erase('u1', NOON_MS - 1), merge('v1', 'u1', NOON_MS)], { eraseSession });
    await deliver([erase('u2')], { eraseSession });
    expect([erased, await rows('SELECT visitor FROM merges')]).toEqual([[], [['v1']]]);
  });

  test.for([
    [LIMITS.erasedVisitors, ['m0']],
    [LIMITS.erasedVisitors + 1, []],
  ] as const)('%i times', async ([visitors, taken]) => {
    vi.spyOn(console, 'error').mockReturnValue(undefined);
    await deliver(Array.from({ length: visitors }, (_, at) => merge(`v${at}`, 'u1', NOON_MS - 1)));
    const { erased, eraseSession } = erasing();
    expect((await deliver([erase('u1')], { eraseSession })).taken).toEqual(taken);
    expect((await deliver([erase('u1')], { eraseSession }, 2)).taken).toEqual(['m0']);
    expect(new Set(erased).size).toBe(visitors);
  });
});

describe('a tenant', () => {
  const ofAcme = (body: FeedbackMessage): FeedbackMessage => ({ ...body, tenant: 'acme' });
  const storesOf = async (tenant: string) =>
    stores({
      counters: new Counters(env.FEEDBACK, tenant),
      traces: new Traces(env.FEEDBACK, tenant),
      log: new TrainingLog(env.LOG, tenant),
    });
  const deliverTo = async (messages: readonly FeedbackMessage[], of: (tenant: string) => Promise<FeedbackStores> = storesOf) => {
    const sent = messages.map((body, at) => ({ id: `m${at}`, timestamp: new Date(NOON_MS), attempts: 1, body }));
    const batch = createMessageBatch<FeedbackMessage>('edgewise-interactions', sent);
    await consumeBatch(batch, of);
    return (await getQueueResult(batch, createExecutionContext())).explicitAcks;
  };

  test('has counters and a log of its own', async () => {
    const sent = message(streamed({ id: 'a', after: ['i9'] }), streamed({ id: 'b', type: 'click', recommendationId: 'r', position: 0 }));
    await deliverTo([sent, ofAcme(sent)]);
    for (const table of ['counted', 'trends', 'placements', 'co_visits', 'log_objects'])
      expect(await rows(`SELECT tenant, count(*) FROM ${table} GROUP BY tenant`), table).toEqual([
        ['acme', expect.any(Number)],
        ['default', expect.any(Number)],
      ]);
    expect(await rows("SELECT popularity FROM trends WHERE category = ''")).toEqual([[2], [2]]);
    const keys = (await env.LOG.list()).objects.map(({ key }) => key.split('/').slice(0, 3));
    expect(keys).toEqual([
      ['interactions', '2026-11-24', expect.any(String)],
      ['tenants', 'acme', 'interactions'],
    ]);
    expect(await new Counters(env.FEEDBACK, 'nobody').trending({}, NOON_MS)).toEqual([]);
    expect(await new Counters(env.FEEDBACK, 'acme').trending({}, NOON_MS)).toEqual([{ item: 'i1', score: 2 }]);
  });

  test('erases nobody of another', async () => {
    const erase: FeedbackMessage = { kind: 'erase', user: 'u1', untilMs: NOON_MS };
    await deliverTo([message(streamed()), ofAcme(message(streamed()))]);
    await deliverTo([ofAcme(erase)]);
    expect(await rows('SELECT tenant FROM log_objects')).toEqual([['default']]);
    expect((await env.LOG.list()).objects).toHaveLength(1);
  });

  test('that fails does not hold up another', async () => {
    vi.spyOn(console, 'error').mockReturnValue(undefined);
    const acks = await deliverTo([message(streamed()), ofAcme(message(streamed()))], (tenant) =>
      tenant === 'acme' ? Promise.reject(new Error('no such catalogue')) : storesOf(tenant),
    );
    expect(acks).toEqual(['m0']);
  });
});

describe('the dead-letter queue', () => {
  const bury = async (letters: DeadLetters) => {
    const body = message(streamed());
    const batch = createMessageBatch<FeedbackMessage>('edgewise-interactions-dead', [
      { id: 'd1', timestamp: new Date(NOON_MS), attempts: 1, body },
    ]);
    await buryBatch(batch, () => letters, NOON_MS);
    return getQueueResult(batch, createExecutionContext());
  };

  test('is kept where it can be found', async () => {
    const letters = new DeadLetters(env.FEEDBACK, DEFAULT_TENANT);
    for (let time = 0; time < 2; time++) expect((await bury(letters)).explicitAcks).toEqual(['d1']);
    expect(await rows('SELECT id, died_ms, body FROM dead_letters')).toEqual([['d1', NOON_MS, JSON.stringify(message(streamed()))]]);
  });

  test('is not let go of while it cannot be kept', async () => {
    vi.spyOn(console, 'error').mockReturnValue(undefined);
    const { explicitAcks, retryMessages } = await bury(new DeadLetters(failing(env.FEEDBACK, 'prepare'), DEFAULT_TENANT));
    expect([explicitAcks, retryMessages]).toEqual([[], [{ msgId: 'd1' }]]);
  });
});

describe('GET /v1/trending', () => {
  async function trending(query = '', options: Parameters<typeof startService>[0] = {}) {
    const service = startService(options);
    service.clock.nowMs = NOON_MS;
    const response = await service.get(`/v1/trending${query}`);
    return { status: response.status, body: await response.json<Recommendation & ErrorBody>() };
  }
  const ids = async (query?: string) => (await trending(query)).body.items.map(({ id }) => id);

  test('is popular where nothing was counted', async () => {
    const { body } = await trending('?limit=2');
    expect(body).toMatchObject({ degraded: [], items: [{ id: 'i0', reason: { kind: 'popular' } }, { id: 'i1' }] });
    expect(await ids('?limit=1&category=bags')).toEqual(['i1']);
  });

  test('is what people turned to lately, by country and category', async () => {
    const categoriesOf = (item: string) => makeShop().items.find(({ id }) => id === item)?.categories ?? [];
    const weekAgo = NOON_MS - 7 * 24 * 60 * 60_000;
    const sent = [
      streamed({ id: 'a', item: 'i30', type: 'purchase', country: 'DE' }),
      streamed({ id: 'b', item: 'i31', type: 'cart', country: 'FR' }),
      streamed({ id: 'c', item: 'i33', type: 'view', country: 'FR' }),
      streamed({ id: 'd', item: 'i34', type: 'purchase', atMs: weekAgo }),
      streamed({ id: 'e', item: 'gone', type: 'purchase' }),
    ];
    await deliver([message(...sent)], { categoriesOf });
    const { body } = await trending();
    expect(body.items.map(({ id, score, reason }) => [id, Number(score.toFixed(2)), reason.kind])).toEqual([
      ['i30', 5, 'trending'],
      ['i31', 3, 'trending'],
      ['i33', 1, 'trending'],
      ['i34', 0.99, 'trending'],
    ]);
    expect(await ids('?limit=1')).toEqual(['i30']);
    expect(await ids('?country=FR')).toEqual(['i31', 'i33']);
    expect(await ids('?category=mugs')).toEqual(['i30', 'i33']);
    expect(await ids('?country=FR&category=mugs')).toEqual(['i33']);
    expect(await ids(`?filter=${encodeURIComponent('price < 17')}`)).toEqual(['i30', 'i31']);
    expect(await ids(`?category=mugs&filter=${encodeURIComponent('price > 17')}`)).toEqual(['i33']);
  });

  test('reads so many trending items and not one more', async () => {
    const many = Array.from({ length: LIMITS.trendingRead }, (_, at) => streamed({ id: `e${at}`, item: `gone ${at}`, type: 'purchase' }));
    await deliver([message(...many.slice(1), streamed({ id: 'last', item: 'i30' }))]);
    expect(await ids()).toEqual(['i30']);
    await deliver([message(many[0]!)]);
    expect(await ids('?limit=1')).toEqual(['i0']);
  });

  test('is popular, visibly, where the counters cannot be read', async () => {
    vi.spyOn(console, 'warn').mockReturnValue(undefined);
    const down = () => Promise.reject(new Error('D1 is down'));
    const { status, body } = await trending('?limit=1', { counters: { trending: down, exposures: down } });
    expect([status, body]).toMatchObject([200, { items: [{ id: 'i0' }], degraded: ['trending'] }]);
  });

  test.for([
    ['?country=de', 'country'],
    ['?country=DEU', 'country'],
    ['?category=', 'category'],
    [`?category=${'c'.repeat(LIMITS.idChars + 1)}`, 'category'],
    ['?limit=0', 'limit'],
  ])('%s is refused', async ([query, path]) => {
    const { status, body } = await trending(query);
    expect([status, body.error.code, body.error.path]).toEqual([400, 'invalid_request', path]);
  });

  test('a category at its bound', async () => {
    expect((await trending(`?category=${'c'.repeat(LIMITS.idChars)}`)).status).toBe(200);
  });
});
