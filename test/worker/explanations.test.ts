import { createMessageBatch, evictDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { DEFAULT_TENANT } from '../../src/domain/tenant.ts';
import { ModelUnavailable, type ModelAbsence } from '../../src/domain/language-model.ts';
import { LIMITS } from '../../src/domain/limits.ts';
import type { RecommendedItem } from '../../src/domain/recommendation.ts';
import { openBrief } from '../../src/explain/brief.ts';
import { keyOf } from '../../src/explain/key.ts';
import { consumePrefetches } from '../../src/explain/queue.ts';
import { parseReference } from '../../src/explain/reference.ts';
import { publishTo } from '../fixtures/publish.ts';
import { makeShop } from '../fixtures/shop.ts';
import { model } from './model.ts';
import { clearStorage, startService } from './service.ts';

const says = (...pieces: string[]) =>
  async function* () {
    yield* pieces;
  };
const unavailable = (absence: ModelAbsence) =>
  async function* (): AsyncGenerator<string> {
    if (absence) throw new ModelUnavailable(absence, 'told to');
    yield '';
  };
const SENTENCES = ['They go well with the mugs that you chose.', ' People often choose both.'];
const TEXT = SENTENCES.join('');

let shops = 0;
/** A shop with ids of its own, so that no explanation of another test is known; `id` is of the item that its rules put after the fourth. */
async function openShop({ explaining = true } = {}) {
  const prefix = `s${shops++}-`;
  const { version } = await publishTo(env.SNAPSHOTS, makeShop({ idPrefix: prefix }), shops);
  const id = `goes-with:en:${prefix}4:${prefix}3`;
  /** The service in an isolate of its own. */
  const start = () => {
    const service = startService({ explaining });
    const get = (wanted = id, headers: Record<string, string> = {}) =>
      service.fetch(`/v1/explanations/${encodeURIComponent(wanted)}`, { headers });
    const recommend = async (body: object = {}) => {
      const response = await service.post({ history: [`${prefix}3`], limit: 5, explain: true, ...body });
      return (await response.json<{ items: RecommendedItem[] }>()).items;
    };
    const object = async () => {
      await service.store.open(0);
      return env.EXPLANATION_OBJECTS.getByName(await keyOf(openBrief(parseReference(id), service.store.current!.snapshot)));
    };
    return { ...service, get, recommend, object, json: async (wanted?: string) => (await get(wanted)).json<Record<string, unknown>>() };
  };
  return { ...start(), start, id, prefix, version };
}

/** Every event of a stream, in order. */
async function eventsOf(response: Response) {
  const blocks = (await response.text()).trim().split('\n\n');
  return blocks.map((block) => {
    const [, event, data] = /^event: (.*)\ndata: (.*)$/.exec(block)!;
    return [event, JSON.parse(data!)] as const;
  });
}

let warnings: string[];
beforeEach(async () => {
  await clearStorage();
  model.reset(says(...SENTENCES));
  warnings = [];
  vi.spyOn(console, 'warn').mockImplementation((line: string) => void warnings.push(line));
});
afterEach(() => vi.restoreAllMocks());

describe('GET /v1/explanations/{id}', () => {
  test('has it written once: whoever asks afterwards, anywhere, gets the same', async () => {
    const { json, start, id } = await openShop();
    expect(await json()).toEqual({ id, text: TEXT, origin: 'llm' });
    expect(await json()).toEqual({ id, text: TEXT, origin: 'llm' });
    expect(await start().json()).toEqual({ id, text: TEXT, origin: 'llm' });
    expect(model.calls).toHaveLength(1);
    expect(model.calls[0]!.caller).toMatchObject({ urgency: 'waiting' });
  });

  test('as server-sent events, sentence by sentence, then the whole', async () => {
    const { get, id } = await openShop();
    const response = await get(id, { accept: 'text/event-stream' });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect(await eventsOf(response)).toEqual([
      ['sentence', { text: SENTENCES[0] }],
      ['done', { id, text: TEXT, origin: 'llm' }],
    ]);
  });

  test('many clients at once share one call, and each hears all of it', async () => {
    const { get, start, id } = await openShop();
    const held = Promise.withResolvers<void>();
    model.says = async function* () {
      yield SENTENCES[0]!;
      await held.promise;
      yield SENTENCES[1]!;
    };
    const isolates = [get, start().get, start().get];
    const asking = Array.from({ length: 30 }, (_, at) => isolates[at % 3]!(id, at % 2 === 0 ? { accept: 'text/event-stream' } : {}));
    await vi.waitFor(() => expect(model.calls).toHaveLength(1));
    held.resolve();
    const texts = await Promise.all((await Promise.all(asking)).map((response) => response.text()));
    expect(texts.filter((text) => text.includes(TEXT))).toHaveLength(30);
    expect([model.calls.length, model.runningMost]).toEqual([1, 1]);
  });

  test('never are two calls of one key under way, however often it fails in between', async () => {
    const { json } = await openShop();
    model.says = async function* () {
      await new Promise((resolve) => setTimeout(resolve, 1));
      if (model.calls.length < 4) throw new Error('a fault of ours');
      yield TEXT;
    };
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    for (let round = 0; round < 6; round++) await Promise.all(Array.from({ length: 10 }, () => json()));
    expect(model.runningMost).toBe(1);
    expect(await json()).toMatchObject({ origin: 'llm' });
  });

  test('outlives the object that wrote it', async () => {
    const { json, object, start } = await openShop();
    await json();
    await evictDurableObject(await object());
    expect(await start().json()).toMatchObject({ text: TEXT, origin: 'llm' });
    expect(model.calls).toHaveLength(1);
  });

  test('goes on for others when the first who asked hangs up', async () => {
    const { get, json, id } = await openShop();
    const held = Promise.withResolvers<void>();
    model.says = async function* () {
      yield SENTENCES[0]!;
      await held.promise;
      yield SENTENCES[1]!;
    };
    const response = await get(id, { accept: 'text/event-stream' });
    await response.body!.cancel();
    const other = json();
    held.resolve();
    expect(await other).toMatchObject({ text: TEXT });
    expect(model.calls).toHaveLength(1);
  });

  test.each(['busy', 'budget', 'failed', 'no-endpoint'] as const)('is the worded reason where the model is %s', async (absence) => {
    const { json, id } = await openShop();
    model.says = unavailable(absence);
    const worded = { id, text: 'Goes with MUGS NUMBER 3', origin: 'template', fallback: absence };
    expect(await json()).toEqual(worded);
    expect(await json()).toEqual(worded); // and does not ask again at once
    expect(model.calls).toHaveLength(1);
  });

  test('is the worded reason where what was written may not be shown, which is told', async () => {
    const { get, id, store } = await openShop();
    await store.open(0);
    const key = await keyOf(openBrief(parseReference(id), store.current!.snapshot));
    model.says = says(SENTENCES[0]!, ' Visit evil.example today.');
    expect(await eventsOf(await get(id, { accept: 'text/event-stream' }))).toEqual([
      ['sentence', { text: SENTENCES[0] }],
      ['done', { id, text: 'Goes with MUGS NUMBER 3', origin: 'template', fallback: 'refused' }],
    ]);
    expect(warnings).toEqual([expect.stringMatching(/"event":"explanation_refused","breach":"link"/)]);
    expect(await env.EXPLANATIONS.get(key)).toBeNull();
  });

  test('needs no language model at all, and says so', async () => {
    const { json, id, recommend, prefetches } = await openShop({ explaining: false });
    expect(await json()).toEqual({ id, text: 'Goes with MUGS NUMBER 3', origin: 'template', fallback: 'no-endpoint' });
    expect((await recommend())[0]).toHaveProperty('explanationId');
    expect([model.calls, prefetches]).toEqual([[], []]);
  });

  test.each([
    ['', 404],
    ['nonsense', 400],
    ['goes-with:en:{4}', 400],
    ['popular:en:{4}:{3}', 400],
    ['trending:en:{4}', 400],
    ['goes-with:xx:{4}:{3}', 400],
    ['goes-with:en:{4}:{3}:{2}:{1}', 400],
    ['goes-with:en::{3}', 400],
    ['goes-with:en:{4}:nothing', 404],
    ['goes-with:en:{4}:{20}', 404], // the shop knows no such rule
    ['goes-with:en:{4}:{4}', 404],
    ['goes-with:en:{4}:{3}:{2}', 400],
    ['popular:en:nothing', 404],
  ])('nobody can make up an id: %s', async (form, status) => {
    const { get, prefix } = await openShop();
    const response = await get(form.replace(/\{(\d+)\}/g, `${prefix}$1`));
    expect(response.status).toBe(status);
    expect(model.calls).toEqual([]);
  });

  test('an id may be so long and no longer', async () => {
    const { get } = await openShop();
    const longest = 'popular:en:'.padEnd(LIMITS.explanationIdChars, 'x');
    expect([(await get(longest)).status, (await get(`${longest}x`)).status]).toEqual([404, 400]);
  });
});

describe('recommendations', () => {
  test('carry no explanation unless they are asked to', async () => {
    const { recommend } = await openShop();
    for (const item of await recommend({ explain: false })) expect(Object.keys(item)).not.toContain('explanationId');
  });

  test('name the explanation of each item; once it is written, later answers hold its text', async () => {
    const { recommend, json, start, id } = await openShop();
    const textIn = async (isolate: { recommend: typeof recommend }) =>
      (await isolate.recommend()).find(({ explanationId }) => explanationId === id)!.explanation;
    expect(await textIn({ recommend })).toBeUndefined();
    await json();
    expect(await textIn({ recommend })).toBe(TEXT);
    const other = start();
    expect(await textIn(other)).toBeUndefined(); // nothing is waited for, not even KV
    expect(await textIn(other)).toBe(TEXT);
    expect(model.calls).toHaveLength(1);
  });

  test('have the top of an answer that is given often enough written ahead, once', async () => {
    const { recommend, prefetches } = await openShop();
    await recommend({ explain: false }); // starts the encoder, with which answers change
    for (let time = 1; time < LIMITS.explanationsAsked; time++) await recommend();
    expect(prefetches).toEqual([]);
    const items = await recommend();
    const top = items.slice(0, LIMITS.explanationsPrefetched).map(({ explanationId }) => explanationId);
    expect(prefetches).toEqual([{ kind: 'prefetch', tenant: DEFAULT_TENANT, ids: top, place: {} }]);
    await recommend();
    expect(prefetches).toHaveLength(1);
  });

  test('look again after a while', async () => {
    const { recommend, prefetches, clock } = await openShop();
    await recommend({ explain: false });
    for (let time = 0; time < LIMITS.explanationsAsked; time++) await recommend();
    clock.nowMs += LIMITS.flightMissingMs - 1;
    await recommend();
    expect(prefetches).toHaveLength(1);
    clock.nowMs += 1;
    await recommend();
    expect(prefetches).toHaveLength(2);
  });

  test('queue nothing while the model would not be let through, as with a spent budget', async () => {
    const { recommend, prefetches } = await openShop();
    model.ready = false;
    for (let time = 0; time < LIMITS.explanationsAsked; time++) await recommend();
    expect(await recommend()).toHaveLength(5);
    expect(prefetches).toEqual([]);
  });

  test('word their reasons in the language of the client', async () => {
    const { recommend, fetch, prefix } = await openShop();
    const [german] = await recommend({ locale: 'de-CH' });
    expect(german!.reason.text).toMatch(/^Passt zu /);
    expect(german!.explanationId).toMatch(/^goes-with:de:/);
    const body = JSON.stringify({ history: [`${prefix}3`], limit: 1 });
    const response = await fetch('/v1/recommendations', { method: 'POST', body, headers: { 'accept-language': 'pt, ja;q=0.8, en;q=0.5' } });
    expect((await response.json<{ items: RecommendedItem[] }>()).items[0]!.reason.text).toMatch(/とよく合います$/);
  });

  test('take a locale of so many characters', async () => {
    const { post } = await openShop();
    const longest = 'de-'.padEnd(LIMITS.localeChars, 'x');
    expect([(await post({ locale: longest })).status, (await post({ locale: `${longest}x` })).status]).toEqual([200, 400]);
  });
});

describe('the queue', () => {
  test('has what it is told written without anybody waiting, and drops what is of no version', async () => {
    const { explanations, store, id, json } = await openShop();
    await store.open(0);
    const ids = [id, 'goes-with:en:gone:away', 'nonsense'];
    const body = { kind: 'prefetch' as const, tenant: DEFAULT_TENANT, ids, place: { continent: 'EU' } };
    const batch = createMessageBatch('edgewise-explanations', [{ id: 'm', timestamp: new Date(0), attempts: 1, body }]);
    const ack = vi.spyOn(batch.messages[0]!, 'ack');
    await consumePrefetches(batch.messages, async () => ({ explanations, snapshot: store.current!.snapshot }));
    expect(ack).toHaveBeenCalledOnce();
    expect(model.calls.map(({ caller }) => caller)).toEqual([{ place: { continent: 'EU' }, urgency: 'prefetch' }]);
    expect(await json()).toMatchObject({ text: TEXT, origin: 'llm' });
    expect(model.calls).toHaveLength(1);
  });

  test('a prefetch that was not let through keeps nobody from asking', async () => {
    const { explanations, store, id, json } = await openShop();
    await store.open(0);
    const { snapshot } = store.current!;
    model.says = unavailable('busy');
    const brief = openBrief(parseReference(id), snapshot);
    await Array.fromAsync(explanations.tell(brief, snapshot, { place: {}, urgency: 'prefetch' }));
    model.says = says(TEXT);
    expect(await json()).toMatchObject({ origin: 'llm' });
  });
});
