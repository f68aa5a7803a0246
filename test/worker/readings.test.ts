import { applyD1Migrations, createMessageBatch } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { ModelUnavailable, type ChatRequest } from '../../src/domain/language-model.ts';
import { LIMITS } from '../../src/domain/limits.ts';
import type { Intent } from '../../src/domain/intent.ts';
import type { Recommendation } from '../../src/domain/recommendation.ts';
import { consumeReadings } from '../../src/intent/reading/queue.ts';
import type { ReadingMessage } from '../../src/intent/reading/readings.ts';
import { ABUSE } from '../fixtures/abuse.ts';
import { INJECTIONS } from '../fixtures/injections.ts';
import { publishTo } from '../fixtures/publish.ts';
import { makeShop } from '../fixtures/shop.ts';
import { model } from './model.ts';
import { startService } from './service.ts';

/** Items `i0` to `i39`: mugs, bags and lights in turn, at 1 + n / 2. */
beforeAll(async () => {
  await applyD1Migrations(env.FEEDBACK, env.MIGRATIONS);
  await publishTo(env.SNAPSHOTS, makeShop(), Date.parse('2026-11-24T08:00:00Z'));
});

type Found = Recommendation & { readonly intent: Intent };
const READING = { about: ['mugs'], include: [], exclude: ['bags', 'plastic'], like: [], priceMax: 8 };
const answering = (value: unknown) =>
  async function* (_request: ChatRequest) {
    yield JSON.stringify(value);
  };

let logged: string[];
beforeEach(() => {
  model.reset(answering(READING));
  logged = [];
  for (const level of ['log', 'warn'] as const) vi.spyOn(console, level).mockImplementation((line: string) => void logged.push(line));
});
afterEach(() => vi.restoreAllMocks());

let texts = 0;
/** A query of its own, that the rules cannot read. */
const newQuery = () => `cuppa ${'abcdefghij'[texts % 10]}${'klmnopqrst'[Math.floor(texts++ / 10) % 10]}zz`;

/** An isolate: its service, and its queue, which goes only when it is told to. */
function startIsolate(options: Parameters<typeof startService>[0] = { explaining: true }) {
  let ids = 0;
  const service = startService({ newId: () => `n${ids++}`, ...options });
  const post = (path: string, body: object) => service.fetch(path, { method: 'POST', body: JSON.stringify(body) });
  const find = async (q: string, body: object = {}) => (await post('/v1/search', { q, limit: 5, ...body })).json<Found>();
  return {
    ...service,
    find,
    /** As often as it takes for a query to be read. */
    async findOften(q: string) {
      for (let time = 0; time < LIMITS.queriesAsked; time++) await find(q);
    },
    say: async (user: string, text: string) =>
      (await post(`/v1/users/${user}/critiques`, { text })).json<{ critiques: readonly { id: string; text: string }[] }>(),
    chips: async (user: string) => ((await (await service.post({ user })).json<Recommendation>()).critiques ?? []).map(({ text }) => text),
    async flush() {
      const bodies = service.readingMessages.splice(0);
      const messages = bodies.map((body, at) => ({ id: `${at}`, timestamp: new Date(0), attempts: 1, body }));
      const batch = createMessageBatch<ReadingMessage>('edgewise-explanations', messages);
      await consumeReadings(batch.messages, async () => ({
        readings: service.readings,
        lexicon: service.store.current?.lexicon,
        refine: ({ user, ids: replaced }, wishes) => service.services.sessions.refine(user, replaced, wishes, service.clock.nowMs),
      }));
      return bodies;
    },
  };
}

describe('a query that the rules cannot read', () => {
  test('is read by the language model when it was asked often enough; then every isolate answers by that', async () => {
    const { find, flush } = startIsolate();
    const query = newQuery();
    for (let time = 1; time < LIMITS.queriesAsked; time++) expect((await find(query)).intent).toMatchObject({ about: '', origin: 'edge' });
    expect(await flush()).toEqual([]);
    expect((await find(query)).intent.origin).toBe('edge');
    expect(await flush()).toMatchObject([{ kind: 'reading', said: { kind: 'query', text: query, locale: 'en' } }]);
    expect(model.calls.map(({ caller }) => caller.urgency)).toEqual(['prefetch']);
    expect(logged).toContainEqual('{"event":"query_read","origin":"llm","dropped":1}');

    const { intent, items } = await find(query.toUpperCase());
    expect(intent).toEqual({ about: 'mugs', include: [], exclude: ['bags'], priceMax: 8, like: [], unknown: [], origin: 'llm' });
    expect(items[0]!.title).toMatch(/^MUGS/);
    expect(items.every(({ price }) => price! <= 8)).toBe(true);

    const other = startIsolate();
    expect((await other.find(query)).intent.origin).toBe('edge'); // nothing is waited for, not even KV
    expect((await other.find(query)).intent).toEqual(intent);
    expect([await other.flush(), model.calls.length]).toEqual([[], 1]);
  });

  test('is never read twice at once, whatever isolates ask', async () => {
    const query = newQuery();
    const isolates = Array.from({ length: 3 }, () => startIsolate());
    for (const { findOften } of isolates) await findOften(query);
    const held = Promise.withResolvers<void>();
    model.says = async function* () {
      await held.promise;
      yield JSON.stringify(READING);
    };
    const reading = isolates.map(({ flush }) => flush());
    await vi.waitFor(() => expect(model.calls).toHaveLength(1));
    held.resolve();
    expect((await Promise.all(reading)).map(({ length }) => length)).toEqual([1, 1, 1]);
    expect([model.calls.length, model.runningMost]).toEqual([1, 1]);
    for (const { find } of isolates) expect((await find(query)).intent.origin).toBe('llm');
  });

  test('keeps no answer waiting: while the language model stalls, searches are answered by the rules', async () => {
    const { find, findOften, flush } = startIsolate();
    const query = newQuery();
    const held = Promise.withResolvers<void>();
    model.says = async function* () {
      await held.promise;
      yield JSON.stringify(READING);
    };
    await findOften(query);
    const reading = flush();
    await vi.waitFor(() => expect(model.calls).toHaveLength(1));
    for (let time = 0; time < 5; time++) expect((await find(query)).intent.origin).toBe('edge');
    held.resolve();
    await reading;
    expect((await find(query)).intent.origin).toBe('llm');
  });

  test('is not queued where the rules are sure of it, where it may be private, where the budget is spent, or without a language model', async () => {
    const { findOften, flush } = startIsolate();
    for (const query of ['mugs under 5', 'zzq ann@example.com', 'zzq 5551234567']) await findOften(query);
    model.ready = false;
    const query = newQuery();
    await findOften(query);
    expect(await flush()).toEqual([]);
    const mute = startIsolate({ explaining: false });
    await mute.findOften(query);
    expect((await mute.find(query)).intent.origin).toBe('edge');
    expect([await mute.flush(), model.calls]).toEqual([[], []]);
  });

  test.each([
    ['an answer of another schema', answering({ about: 'mugs' })],
    ['no JSON', answering(undefined)],
    [
      'a spent budget',
      async function* (): AsyncGenerator<string> {
        if (Date.now() > 0) throw new ModelUnavailable('budget', 'told to');
        yield '';
      },
    ],
  ])('stays with the rules after %s', async (_what, says) => {
    model.says = says;
    const { find, findOften, flush } = startIsolate();
    const query = newQuery();
    await findOften(query);
    expect(await flush()).toHaveLength(1);
    expect((await find(query)).intent.origin).toBe('edge');
    expect(await flush()).toEqual([]); // not again at once
  });

  test('is asked for again after a while, and its reading is that of its language', async () => {
    const { find, flush, clock } = startIsolate();
    const query = newQuery();
    for (let time = 1; time < LIMITS.queriesAsked; time++) await find(query);
    clock.nowMs += LIMITS.flightMissingMs;
    await find(query, { locale: 'de' });
    expect(await flush()).toEqual([]);
    await find(query);
    expect(await flush()).toMatchObject([{ said: { locale: 'en' } }]);
    expect((await find(query, { locale: 'de' })).intent.origin).toBe('edge');
  });
});

describe('a critique that the rules cannot read', () => {
  test('is kept as they read it, then as the language model did; the next user who says it has that at once', async () => {
    const { say, chips, flush } = startIsolate();
    const text = `more bags, ${newQuery()}`;
    expect((await say('kim', text)).critiques.map((chip) => chip.text)).toEqual(['more bags']);
    const [message] = await flush();
    expect(message).toMatchObject({ said: { kind: 'critique' }, critique: { user: 'kim' } });
    expect(await chips('kim')).toEqual(['less bags', 'more mugs', 'up to 8']);
    expect((await say('lee', text)).critiques.map((chip) => chip.text)).toEqual(['less bags', 'more mugs', 'up to 8']);
    const other = startIsolate();
    expect((await other.say('max', text)).critiques.map((chip) => chip.text)).toEqual(['more bags']);
    expect(await other.chips('max')).toEqual(['less bags', 'more mugs', 'up to 8']); // found in KV after the response
    expect([await other.flush(), model.calls.length]).toEqual([[], 1]);
  });

  test('that was taken back, or whose user was erased, is not brought back', async () => {
    const { say, chips, flush, fetch } = startIsolate();
    const said = await say('ned', `more bags, ${newQuery()}`);
    await fetch(`/v1/users/ned/critiques/${said.critiques[0]!.id}`, { method: 'DELETE' });
    await say('oda', `more bags, ${newQuery()}`);
    await fetch('/v1/users/oda', { method: 'DELETE' });
    expect(await flush()).toHaveLength(2);
    expect([await chips('ned'), await chips('oda')]).toEqual([[], []]);
  });

  test('of which they understood nothing is understood when it is said again', async () => {
    const { say, flush } = startIsolate();
    const text = newQuery();
    expect((await say('pat', text)).critiques).toEqual([]);
    await flush();
    expect((await say('pat', text)).critiques.map((chip) => chip.text)).toEqual(['less bags', 'more mugs', 'up to 8']);
  });
});

/** Letters, digits, spaces and points of numbers. */
const SAFE = /^[\p{L}\p{M}\p{N} .]*$/u;

test(`none of ${INJECTIONS.length + ABUSE.length} abusive texts said by a language model that obeys them comes back`, async () => {
  const { find, findOften, flush, chips, say } = startIsolate();
  const texts = [...INJECTIONS, ...ABUSE];
  for (let at = 0; at < texts.length; at += LIMITS.readingPhrases) {
    const some = texts.slice(at, at + LIMITS.readingPhrases);
    model.says = answering({ about: ['mugs', ...some], include: some, exclude: some, like: some, for: some[0] });
    const query = newQuery() + 'q'.repeat(1 + Math.floor(at / 100));
    await findOften(query);
    await say(`user${at}`, query);
    expect(await flush()).toHaveLength(2);
    const { intent } = await find(query);
    expect(intent).toMatchObject({ origin: 'llm' });
    for (const one of Object.values(intent).flat()) if (typeof one === 'string') expect(one).toMatch(SAFE);
    await say(`user${at}`, query);
    for (const chip of await chips(`user${at}`)) expect(chip).toMatch(SAFE);
  }
});
