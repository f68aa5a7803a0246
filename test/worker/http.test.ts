import { env } from 'cloudflare:workers';
import { applyD1Migrations } from 'cloudflare:test';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { SnapshotStorage } from '../../src/catalog/storage.ts';
import type { ErrorCode } from '../../src/domain/errors.ts';
import type { Item } from '../../src/domain/item.ts';
import { LIMITS } from '../../src/domain/limits.ts';
import type { Recommendation } from '../../src/domain/recommendation.ts';
import { publishTo } from '../fixtures/publish.ts';
import { makeShop } from '../fixtures/shop.ts';
import { CHECK_EVERY_MS, clearStorage, kvStorage, openMean, startService, START_MS, type ErrorBody } from './service.ts';

const ITEMS = 40;
const PUBLISHED_MS = Date.parse('2026-11-24T08:00:00Z');

beforeAll(async () => {
  await applyD1Migrations(env.FEEDBACK, env.MIGRATIONS);
  await publishTo(env.SNAPSHOTS, makeShop({ items: ITEMS }), PUBLISHED_MS);
});
afterEach(() => vi.restoreAllMocks());

/** Every fault has this shape, whatever it is; returns what it says. */
async function expectFault(response: Response, status: number, code: ErrorCode, path?: string) {
  const body: ErrorBody = await response.json();
  expect([response.status, body.error.code, body.error.path]).toEqual([status, code, path]);
  expect(Object.keys(body)).toEqual(['error']);
  expect(Object.keys(body.error)).toEqual(['code', 'message', ...(path === undefined ? [] : ['path']), 'requestId']);
  expect(body.error.message).not.toBe('');
  expect(body.error.requestId).toMatch(/^[\w-]{1,64}$/);
  expect(response.headers.get('content-type')).toBe('application/json');
  return body.error;
}

/** The metrics of a `Server-Timing` header, in order. */
function timings(response: Response): [string, number][] {
  return response.headers
    .get('server-timing')!
    .split(', ')
    .map((metric) => {
      const [, stage, duration] = /^([a-z]+);dur=(\d+\.\d{3})$/.exec(metric)!;
      return [stage!, Number(duration)];
    });
}

const bodyOf = <T>(response: Response) => response.json<T>();

describe('POST /v1/recommendations', () => {
  test('answers from the history, with reasons that name it, degraded only until the transformer is up', async () => {
    const service = startService();
    const cold = await service.post({ history: ['i3', 'i7'], limit: 5 });
    expect(cold.status).toBe(200);
    expect((await bodyOf<Recommendation>(cold)).degraded).toEqual(['transformer']);

    const answer = await bodyOf<Recommendation>(await service.post({ history: ['i3', 'i7', 'gone'], limit: 5 }));
    expect(answer).toMatchObject({ id: 'r-1.home', degraded: [], unknown: ['gone'], snapshot: service.store.current!.snapshot.version });
    expect(answer.items).toHaveLength(5);
    expect(answer.items.map(({ id }) => id)).not.toContain('i3');
    const next = answer.items.find(({ id }) => id === 'i8')!;
    expect(next).toEqual({
      id: 'i8',
      title: 'LIGHTS NUMBER 8',
      price: 5,
      score: expect.any(Number),
      reason: { kind: 'goes-with', text: 'Goes with BAGS NUMBER 7', because: ['i7'] },
    });
    expect(answer.items).toEqual(answer.items.toSorted((a, b) => b.score - a.score));
  });

  test('says in Server-Timing where the time went', async () => {
    const stages = timings(await startService().post({ history: ['i3'] }));
    expect(stages).toEqual([
      ['session', 1],
      ['encode', 1],
      ['candidates', 1],
      ['score', 1],
      ['rules', 1],
      ['reasons', 1],
      ['total', 7],
    ]);
  });

  test('takes entries that say when and how, and no body fields at all', async () => {
    const service = startService();
    await service.get('/v1/popular');
    const bare = await bodyOf<Recommendation>(await service.post({ history: ['i3'] }));
    const told = await bodyOf<Recommendation>(await service.post({ history: [{ item: 'i3', at: '2026-11-24T09:30:00Z', type: 'view' }] }));
    expect(told).toEqual(bare);
    const nothing = await bodyOf<Recommendation>(await service.post({}));
    expect(nothing.items).toHaveLength(LIMITS.answerItemsDefault);
    expect(nothing.items.map(({ id }) => id).slice(0, 2)).toEqual(['i0', 'i1']);
    expect(nothing.degraded).toEqual([]);
  });

  test('lets through only what filter, exclude and seen permit', async () => {
    const service = startService();
    const ids = async (body: object) =>
      (await bodyOf<Recommendation>(await service.post({ limit: 100, history: ['i3'], ...body }))).items.map(({ id }) => id);
    expect((await ids({ filter: 'category("mugs")' })).every((id) => Number(id.slice(1)) % 3 === 0)).toBe(true);
    expect(await ids({ filter: 'price < 0' })).toEqual([]);
    expect(await ids({ exclude: ['i4', 'unheard of'] })).not.toContain('i4');
    expect(await ids({})).not.toContain('i3');
    expect(await ids({ seen: 'allow' })).toContain('i3');
  });

  test('answers without the transformer where it cannot start or fails', async () => {
    const failures = [
      async () => Promise.reject(new Error('not a model')),
      async () => ({ run: () => Promise.reject(new Error('out of memory')), release: async () => undefined }),
    ];
    for (const openModel of failures) {
      const logged = vi.spyOn(console, 'error').mockReturnValue(undefined);
      const service = startService({ openModel });
      for (let request = 0; request < 3; request++) {
        const answer = await bodyOf<Recommendation>(await service.post({ history: ['i3'] }));
        expect([answer.items.length, answer.degraded]).toEqual([LIMITS.answerItemsDefault, ['transformer']]);
      }
      logged.mockRestore();
    }
  });
});

describe('the other routes', () => {
  test('GET /v1/items?q= finds by title, popular first', async () => {
    const service = startService();
    const find = async (query: string) => bodyOf<{ items: Item[]; total: number }>(await service.get(`/v1/items${query}`));
    expect(await find('?q=&limit=2')).toEqual({ items: [itemOf(0), itemOf(1)], total: ITEMS });
    expect((await find('?q=')).items).toHaveLength(LIMITS.answerItemsDefault);
    expect((await find('?q=num%20bag&limit=2')).items.map(({ id }) => id)).toEqual(['i1', 'i4']);
    for (const nothing of ['zzqxv', '!!!', '😀']) expect(await find(`?q=${nothing}`)).toEqual({ items: [], total: 0 });
  });

  test('GET /v1/items/{id} tells all of an item', async () => {
    const response = await startService().get('/v1/items/i7');
    const { id, title, price, categories } = itemOf(7);
    expect([response.status, await response.json()]).toMatchObject([200, { id, title, price, categories, tags: [], available: true }]);
  });

  test('GET /v1/items/{id}/similar', async () => {
    const service = startService();
    const response = await service.get('/v1/items/i7/similar?limit=3');
    const { items, snapshot } = await bodyOf<Recommendation>(response);
    expect(snapshot).toBe(service.store.current!.snapshot.version);
    expect(items).toHaveLength(3);
    expect(items[0]!.reason.because).toEqual(['i7']);
    expect(items.map(({ id }) => id)).not.toContain('i7');
    expect(timings(response).map(([stage]) => stage)).toEqual(['similar', 'total']);
  });

  test('GET /v1/popular, filtered', async () => {
    const service = startService();
    const response = await service.get(`/v1/popular?limit=2&filter=${encodeURIComponent('category("bags")')}`);
    const { items, snapshot } = await bodyOf<Recommendation>(response);
    expect(items.map(({ id, reason }) => [id, reason.kind])).toEqual([
      ['i1', 'popular'],
      ['i4', 'popular'],
    ]);
    expect(snapshot).toBe(service.store.current!.snapshot.version);
    expect(timings(response).at(-1)![0]).toBe('total');
  });

  test('a filter holds for every list', async () => {
    const service = startService();
    for (const path of ['items?q=', 'items/i7/similar?', 'popular?', 'trending?']) {
      const response = await service.get(
        `/v1/${path}&limit=100&key=ew_public_1&filter=${encodeURIComponent('price < 4 && category("bags")')}`,
      );
      const { items } = await bodyOf<{ items: Item[] }>(response);
      expect(items.map(({ id }) => id).sort()).toEqual(['i1', 'i4']);
    }
  });

  test('GET /v1/health tells starting from ok, and how long this isolate lives', async () => {
    const service = startService();
    const health = async () => (await service.get('/v1/health')).json();
    const version = expect.stringMatching(/^2026-11-24T08-00-00-[0-9a-f]{8}$/);
    const madeMs = Date.parse('2026-11-24T08:00:00Z');
    const common = { snapshot: version, catalogue: 'shop', items: ITEMS, lastRefresh: null, access: 'open', rateLimits: false };
    expect(await health()).toEqual({ status: 'starting', ...common, runtimeReady: false, uptimeMs: 0, snapshotAgeMs: START_MS - madeMs });
    service.clock.nowMs += 1_500;
    expect(await health()).toEqual({
      status: 'ok',
      ...common,
      runtimeReady: true,
      uptimeMs: 1_500,
      snapshotAgeMs: START_MS + 1_500 - madeMs,
    });
  });

  test('an encoder that cannot be opened is tried and logged once in a while; GET /v1/health says why', async () => {
    const logged = vi.spyOn(console, 'error').mockReturnValue(undefined);
    const opening = { times: 0, fails: true };
    const openModel = async () => (++opening.times, opening.fails ? Promise.reject(new Error('no such operator')) : openMean());
    const service = startService({ openModel });
    for (let requests = 0; requests < 5; requests++) await service.post({});
    service.clock.nowMs += LIMITS.encoderRetryMs - 1;
    await service.post({});
    expect([opening.times, logged.mock.calls.length]).toEqual([1, 1]);
    const health = async () => (await service.get('/v1/health')).json();
    expect(await health()).toMatchObject({ status: 'failed', runtimeReady: false, fault: 'no such operator' });

    opening.fails = false;
    service.clock.nowMs += 1;
    await service.post({});
    expect([opening.times, logged.mock.calls.length]).toEqual([3, 1]);
    expect(await health()).toMatchObject({ status: 'ok', runtimeReady: true });
    expect(await health()).not.toHaveProperty('fault');
    logged.mockRestore();
  });

  test('files of models that KV does not have yet: the version is served without them, and with them once it does', async () => {
    const missing = { part: '' };
    const storage: SnapshotStorage = {
      read: async (key, cacheSeconds) => (key.includes(`/${missing.part}.`) ? null : kvStorage.read(key, cacheSeconds)),
    };
    const logged = vi.spyOn(console, 'error').mockReturnValue(undefined);
    const service = startService({ storage });
    const ask = async () => (await bodyOf<Recommendation>(await service.post({ history: ['i1'] }))).degraded;
    for (missing.part of ['encoder', 'ranker']) {
      for (let requests = 0; requests < 3; requests++) expect(await ask()).toEqual(['transformer']);
      const fault = expect.stringMatching(`/${missing.part}.0 is missing`);
      expect(await (await service.get('/v1/health')).json()).toMatchObject({ status: 'failed', items: ITEMS, fault });
      service.clock.nowMs += LIMITS.encoderRetryMs;
    }
    missing.part = '';
    await ask();
    expect([await ask(), logged.mock.calls.length]).toEqual([[], 2]);
    logged.mockRestore();
  });

  test('GET /v1/health says why a newer version is refused', async () => {
    const pointer = (await env.SNAPSHOTS.get('snapshot/current'))!;
    const service = startService();
    await service.get('/v1/health');
    await env.SNAPSHOTS.put('snapshot/current', 'rubbish');
    service.clock.nowMs += CHECK_EVERY_MS;
    await service.get('/v1/health');
    expect(await (await service.get('/v1/health')).json()).toMatchObject({
      status: 'degraded',
      items: ITEMS,
      runtimeReady: true,
      fault: expect.stringContaining('JSON'),
    });
    await env.SNAPSHOTS.put('snapshot/current', pointer);
    service.clock.nowMs += CHECK_EVERY_MS;
    await service.get('/v1/health');
    expect(await (await service.get('/v1/health')).json()).toMatchObject({ status: 'ok' });
  });

  test('HEAD is GET without the body', async () => {
    const response = await startService().fetch('/v1/items/i7', { method: 'HEAD' });
    expect([response.status, await response.text()]).toEqual([200, '']);
  });
});

function itemOf(row: number): Item {
  return makeShop({ items: ITEMS }).items[row]!;
}

describe('faults of a request', () => {
  const AT = '2026-11-24T09:30:00Z';
  const faults: [name: string, body: unknown, code: ErrorCode, path?: string][] = [
    ['no body', '', 'invalid_json'],
    ['a body that is not JSON', '{"history": [', 'invalid_json'],
    ['a list', [], 'invalid_request'],
    ['a list of ids', ['i3'], 'invalid_request'],
    ['text', '"text"', 'invalid_request'],
    ['null', 'null', 'invalid_request'],
    ['an unknown field', { histroy: ['i3'] }, 'invalid_request', 'histroy'],
    ['a field of every object', { constructor: 1 }, 'invalid_request', 'constructor'],
    ['__proto__', '{"__proto__": {"limit": 5}}', 'invalid_request', '__proto__'],
    ['a history that is no list', { history: 'i3' }, 'invalid_request', 'history'],
    ['a history of null', { history: null }, 'invalid_request', 'history'],
    ['an entry that is a number', { history: ['i3', 7] }, 'invalid_request', 'history[1]'],
    ['an entry that is null', { history: [null] }, 'invalid_request', 'history[0]'],
    ['an entry without an item', { history: [{ at: AT }] }, 'invalid_request', 'history[0].item'],
    ['an item that is a number', { history: [{ item: 3 }] }, 'invalid_request', 'history[0].item'],
    ['an empty id', { history: [''] }, 'invalid_request', 'history[0]'],
    ['an id that no address can hold', { history: ['...', '..'] }, 'invalid_request', 'history[1]'],
    ['an empty item', { history: [{ item: '' }] }, 'invalid_request', 'history[0].item'],
    ['a time that is a number', { history: ['i1', 'i2', { item: 'i3', at: 5 }] }, 'invalid_request', 'history[2].at'],
    ['a time that is none', { history: ['i1', 'i2', { item: 'i3', at: 'noon' }] }, 'invalid_request', 'history[2].at'],
    ['a time without a zone', { history: [{ item: 'i3', at: '2026-11-24T09:30:00' }] }, 'invalid_request', 'history[0].at'],
    ['a day that is none', { history: [{ item: 'i3', at: '2026-11-31T09:30:00Z' }] }, 'invalid_request', 'history[0].at'],
    ['a type that is a number', { history: [{ item: 'i3', at: AT, type: 1 }] }, 'invalid_request', 'history[0].type'],
    ['a limit in quotes', { limit: '10' }, 'invalid_request', 'limit'],
    ['a limit of null', { limit: null }, 'invalid_request', 'limit'],
    ['half a limit', { limit: 1.5 }, 'invalid_request', 'limit'],
    ['exclude that is no list', { exclude: 'i3' }, 'invalid_request', 'exclude'],
    ['an excluded number', { exclude: ['i3', 4] }, 'invalid_request', 'exclude[1]'],
    ['a filter that is no text', { filter: { price: 1 } }, 'invalid_request', 'filter'],
    ['a filter with a mistake', { filter: 'price <' }, 'invalid_filter', 'filter'],
    ['seen of no known kind', { seen: 'maybe' }, 'invalid_request', 'seen'],
    ['seen of another type', { seen: true }, 'invalid_request', 'seen'],
  ];
  test.for(faults)('%s', async ([, body, code, path]) => {
    await expectFault(await startService().post(body), 400, code, path);
  });

  test.for([
    ['POST', '/v1/recommendations', '{"history": ["3"], "limit": 10}'],
    ['POST', '/v1/search', '{"q": '],
    ['POST', '/v1/recommendations:batch', '"users"'],
    ['POST', '/v1/interactions', '{"interactions": '],
    ['POST', '/v1/users/ann/critiques', '{"text": '],
    ['POST', '/v1/dead-letters/replay', '{"ids": '],
    ['PUT', '/v1/items', '{"items": '],
    ['PATCH', '/v1/items/i7', '{"price": 2.5'],
    ['PUT', '/v1/experiments/e', '"variants"'],
  ] as const)('%s %s says what a body of its own looks like', async ([method, path, form]) => {
    const response = await startService().fetch(path, { method, body: '{"his' });
    const { message } = await expectFault(response, 400, 'invalid_json');
    expect(message).toContain('not JSON');
    expect(message).toContain(form);
  });

  const queries: [path: string, code: ErrorCode, faultPath: string][] = [
    ['/v1/items?q=&limit=', 'invalid_request', 'limit'],
    ['/v1/items?q=&limit=ten', 'invalid_request', 'limit'],
    ['/v1/items?limit=2.5', 'invalid_request', 'limit'],
    ['/v1/items/i7/similar?limit=-1', 'invalid_request', 'limit'],
    ['/v1/popular?limit=Infinity', 'invalid_request', 'limit'],
    ['/v1/popular?filter=price', 'invalid_filter', 'filter'],
    ['/v1/popular?filter=', 'invalid_filter', 'filter'],
    ['/v1/popular?limt=1', 'invalid_request', 'limt'],
    ['/v1/popular?__proto__=1', 'invalid_request', '__proto__'],
    ['/v1/popular?limit=1&limit=2', 'invalid_request', 'limit'],
    ['/v1/popular?market=', 'invalid_request', 'market'],
    ['/v1/trending?contry=DE', 'invalid_request', 'contry'],
    ['/v1/items/i7/similar?cursor=x', 'invalid_request', 'cursor'],
    ['/v1/items?q=bag&cursor=x', 'invalid_request', 'cursor'],
    ['/v1/items?q=bag&filter=((', 'invalid_filter', 'filter'],
    ['/v1/items?market=GB', 'invalid_request', 'market'],
    ['/v1/log?after=x', 'invalid_request', 'after'],
  ];
  test.for(queries)('GET %s', async ([path, code, faultPath]) => {
    await expectFault(await startService().get(path), 400, code, faultPath);
  });

  test.for(['/v1/items/nope', '/v1/items/nope/similar', '/v1/items/%E0%A4%A', '/v1/items/__proto__'])(
    'GET %s: no such item',
    async (path) => {
      await expectFault(await startService().get(path), 404, 'item_not_found', 'id');
    },
  );

  test.for(['/', '/v1', '/v1/', '/v1/items/', '/v1/items/i7/likes', '/v2/recommendations', '/v1/Recommendations'])(
    'GET %s: no such route',
    async (path) => {
      const error = await expectFault(await startService().get(path), 404, 'route_not_found');
      expect(error.message).toContain(`GET ${path}`);
    },
  );

  test.for([
    ['GET', '/v1/recommendations', 'POST'],
    ['PUT', '/v1/recommendations', 'POST'],
    ['POST', '/v1/items', 'GET, HEAD, PUT'],
    ['POST', '/v1/items/i7', 'GET, HEAD, PATCH, DELETE'],
    ['PATCH', '/v1/items/i7/similar', 'GET, HEAD'],
    ['POST', '/v1/popular', 'GET, HEAD'],
    ['OPTIONS', '/v1/health', 'GET, HEAD'],
  ] as const)('%s %s: takes %s', async ([method, path, allowed]) => {
    const response = await startService().fetch(path, { method });
    const error = await expectFault(response, 405, 'method_not_allowed');
    expect(response.headers.get('allow')).toBe(allowed);
    expect(error.message).toContain(allowed);
  });
});

describe('every bound, on both sides', () => {
  const ids = (count: number) => Array.from({ length: count }, (_, at) => `i${at % ITEMS}`);
  const id = (chars: number) => 'i'.repeat(chars);
  const filter = (chars: number) => `price > 0${' '.repeat(chars - 9)}`;
  const bounds: [name: string, good: object[], bad: object[], code: ErrorCode, path: string][] = [
    ['limit', [{ limit: 1 }, { limit: LIMITS.answerItems }], [{ limit: 0 }, { limit: LIMITS.answerItems + 1 }], 'invalid_request', 'limit'],
    ['history', [{ history: ids(LIMITS.historyItems) }], [{ history: ids(LIMITS.historyItems + 1) }], 'invalid_request', 'history'],
    ['exclude', [{ exclude: ids(LIMITS.excludedItems) }], [{ exclude: ids(LIMITS.excludedItems + 1) }], 'invalid_request', 'exclude'],
    ['an id', [{ history: [id(LIMITS.idChars)] }], [{ history: [id(LIMITS.idChars + 1)] }], 'invalid_request', 'history[0]'],
    [
      'an item',
      [{ history: [{ item: id(LIMITS.idChars) }] }],
      [{ history: [{ item: id(LIMITS.idChars + 1) }] }],
      'invalid_request',
      'history[0].item',
    ],
    ['an excluded id', [{ exclude: [id(LIMITS.idChars)] }], [{ exclude: [id(LIMITS.idChars + 1)] }], 'invalid_request', 'exclude[0]'],
    ['a filter', [{ filter: filter(LIMITS.filterChars) }], [{ filter: filter(LIMITS.filterChars + 1) }], 'invalid_filter', 'filter'],
  ];
  test.for(bounds)('%s in a body', async ([, good, bad, code, path]) => {
    const service = startService();
    for (const body of good) expect((await service.post(body)).status).toBe(200);
    for (const body of bad) await expectFault(await service.post(body), 400, code, path);
  });

  test('limit, q, filter and id in a URL', async () => {
    const service = startService();
    for (const path of ['/v1/items', '/v1/items/i7/similar', '/v1/popular']) {
      for (const limit of [1, LIMITS.answerItems]) expect((await service.get(`${path}?limit=${limit}`)).status).toBe(200);
      for (const limit of [0, LIMITS.answerItems + 1])
        await expectFault(await service.get(`${path}?limit=${limit}`), 400, 'invalid_request', 'limit');
    }
    expect((await service.get(`/v1/items?q=${'q'.repeat(LIMITS.queryChars)}`)).status).toBe(200);
    await expectFault(await service.get(`/v1/items?q=${'q'.repeat(LIMITS.queryChars + 1)}`), 400, 'invalid_request', 'q');
    expect((await service.get(`/v1/popular?filter=${encodeURIComponent(filter(LIMITS.filterChars))}`)).status).toBe(200);
    await expectFault(
      await service.get(`/v1/popular?filter=${encodeURIComponent(filter(LIMITS.filterChars + 1))}`),
      400,
      'invalid_filter',
      'filter',
    );
    for (const rest of ['', '/similar']) {
      await expectFault(await service.get(`/v1/items/${id(LIMITS.idChars)}${rest}`), 404, 'item_not_found', 'id');
      await expectFault(await service.get(`/v1/items/${id(LIMITS.idChars + 1)}${rest}`), 400, 'invalid_request', 'id');
    }
  });

  test('an answer holds no more than the catalogue', async () => {
    const { items } = await bodyOf<Recommendation>(await startService().post({ limit: LIMITS.answerItems }));
    expect(new Set(items.map(({ id }) => id)).size).toBe(ITEMS);
  });

  describe('bytes of a body', () => {
    /** `{"history":["i3", …]}` padded to exactly `bytes`. */
    const padded = (bytes: number) => {
      const [head, tail] = ['{"history":["i3","é"]', '}'];
      return `${head}${' '.repeat(bytes - new TextEncoder().encode(head + tail).length)}${tail}`;
    };
    /** The same bytes in pieces, of a length that nobody declares; tells how many were taken. */
    const streamed = (text: string, pieceBytes: number) => {
      const bytes = new TextEncoder().encode(text);
      let at = 0;
      const body = new ReadableStream<Uint8Array>(
        {
          pull(controller) {
            if (at >= bytes.length) return controller.close();
            controller.enqueue(bytes.slice(at, at + pieceBytes));
            at += pieceBytes;
          },
        },
        { highWaterMark: 0 },
      );
      return { body, taken: () => at };
    };
    const send = (body: string | ReadableStream, headers: Record<string, string> = {}) =>
      startService().fetch('/v1/recommendations', { method: 'POST', body, headers });

    test('as many as there may be', async () => {
      const body = padded(LIMITS.bodyBytes);
      const declared = await send(body, { 'content-length': String(LIMITS.bodyBytes) });
      const inPieces = await send(streamed(body, 999).body);
      const inBytes = await send(streamed(padded(100), 1).body);
      for (const response of [declared, inPieces, inBytes]) {
        expect(response.status).toBe(200);
        expect((await bodyOf<Recommendation>(response)).unknown).toEqual(['é']);
      }
    });

    test('one more', async () => {
      const body = padded(LIMITS.bodyBytes + 1);
      await expectFault(await send(body, { 'content-length': String(LIMITS.bodyBytes + 1) }), 413, 'body_too_large');
      await expectFault(await send(body), 413, 'body_too_large');
      await expectFault(await send(streamed(body, 999).body), 413, 'body_too_large');
      // Of a length that lies, which only a caller within Cloudflare can send; a character takes two bytes.
      await expectFault(await send(streamed(body, 999).body, { 'content-length': '10' }), 413, 'body_too_large');
      const unread = streamed('{}', 1);
      await expectFault(await send(unread.body, { 'content-length': String(LIMITS.bodyBytes + 1) }), 413, 'body_too_large');
      expect(unread.taken()).toBe(0);
    });

    test('far more are not read to their end', async () => {
      const { body, taken } = streamed(padded(20 * LIMITS.bodyBytes), 1024);
      await expectFault(await send(body), 413, 'body_too_large');
      expect(taken()).toBeLessThanOrEqual(LIMITS.bodyBytes + 2 * 1024);
    });
  });
});

describe('what a fault gives away', () => {
  const LONG = 'x'.repeat(20_000);
  const NOTHING_MORE = 1_000;

  test('never more of the request than a few words', async () => {
    const service = startService();
    const responses = [
      await service.post(`"${LONG}"`),
      await service.post(LONG),
      await service.post({ [LONG]: 1 }),
      await service.post({ history: [{ item: 'i3', at: LONG }] }),
      await service.post({ history: [LONG] }),
      await service.post({ seen: LONG }),
      await service.post({ filter: LONG }),
      await service.post({ filter: `"${'x'.repeat(900)}` }),
      await service.post({ filter: 'x'.repeat(LIMITS.filterChars) }),
      await service.get(`/v1/items/${LONG}`),
      await service.get(`/v1/${LONG}`),
      await service.get(`/v1/items?limit=${LONG}`),
      await service.fetch('/v1/nothing', { headers: { 'cf-ray': LONG } }),
      await service.fetch('/v1/nothing', { headers: { 'cf-ray': '<script>' } }),
    ];
    for (const response of responses) {
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(response.status).toBeLessThan(500);
      const text = await response.clone().text();
      expect(text.length).toBeLessThan(NOTHING_MORE);
      expect(text).not.toContain('<script>');
      expect([...response.headers.values()].join('').length).toBeLessThan(NOTHING_MORE);
    }
  });

  test("Cloudflare's id of the request is the requestId", async () => {
    const response = await startService().fetch('/v1/nothing', { headers: { 'cf-ray': '8f2b3c4d5e6f7a8b-FRA' } });
    expect((await expectFault(response, 404, 'route_not_found')).requestId).toBe('8f2b3c4d5e6f7a8b-FRA');
  });

  test('a fault of ours is logged, and its text stays here', async () => {
    const logged = vi.spyOn(console, 'error').mockReturnValue(undefined);
    const service = startService({
      newId: () => {
        throw new Error('the secret of the house');
      },
    });
    const response = await service.post({ history: ['i3'] });
    const text = await response.clone().text();
    const { requestId } = await expectFault(response, 500, 'internal');
    expect(text).not.toContain('secret');
    expect(logged).toHaveBeenCalledTimes(1);
    const entry = JSON.parse(String(logged.mock.lastCall![0])) as Record<string, string>;
    expect(entry).toMatchObject({ requestId, method: 'POST', path: '/v1/recommendations' });
    expect(entry['error']).toContain('the secret of the house');
  });

  test("a client's mistakes are not logged", async () => {
    const logged = vi.spyOn(console, 'error').mockReturnValue(undefined);
    await startService().post('nonsense');
    await startService().get('/v1/nothing');
    expect(logged).not.toHaveBeenCalled();
  });
});

describe('while no snapshot is published', () => {
  beforeAll(clearStorage);

  test('recommendations are none, visibly', async () => {
    const response = await startService().post({ history: ['i3'] });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ id: 'r-1.home', items: [], cursor: null, unknown: [], snapshot: null, degraded: ['snapshot'] });
    expect(timings(response)).toEqual([['total', 1]]);
  });

  test.for(['/v1/items?q=', '/v1/items/i1', '/v1/items/i1/similar', '/v1/popular'])('GET %s is unavailable for now', async (path) => {
    const response = await startService().get(path);
    await expectFault(response, 503, 'snapshot_unavailable');
    expect(response.headers.get('retry-after')).toBe('2');
  });

  test('the command that helps names the tenant', async () => {
    const { error } = await (await startService({ tenant: 'acme' }).get('/v1/popular')).json<ErrorBody>();
    expect(error.message).toContain('`npm run edgewise -- publish --model models/online-retail --tenant acme`');
  });

  test("a client's mistake is still a mistake", async () => {
    await expectFault(await startService().post({ limit: 0 }), 400, 'invalid_request', 'limit');
    await expectFault(await startService().get('/v1/popular?filter=price'), 400, 'invalid_filter', 'filter');
  });

  test('GET /v1/health says why', async () => {
    expect(await (await startService().get('/v1/health')).json()).toEqual({
      status: 'degraded',
      snapshot: null,
      snapshotAgeMs: null,
      catalogue: null,
      items: 0,
      runtimeReady: false,
      lastRefresh: null,
      uptimeMs: 0,
      access: 'open',
      rateLimits: false,
      fault: "no snapshot has been published yet: `npm run edgewise -- publish --model models/online-retail` publishes the demo's",
    });
  });
});
