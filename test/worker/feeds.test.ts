import { env } from 'cloudflare:workers';
import { applyD1Migrations } from 'cloudflare:test';
import fc from 'fast-check';
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Feed } from '../../src/catalog/feeds/feed.ts';
import { FeedItems } from '../../src/catalog/feeds/feed-items.ts';
import { pullDueFeeds, type DueOptions } from '../../src/catalog/feeds/pull-due.ts';
import type { PullOutcome } from '../../src/catalog/feeds/pull-feed.ts';
import { FeedPulls } from '../../src/catalog/feeds/pulls.ts';
import { LIMITS } from '../../src/domain/limits.ts';
import { DEFAULT_TENANT } from '../../src/domain/tenant.ts';
import { publishTo } from '../fixtures/publish.ts';
import { makeShop } from '../fixtures/shop.ts';
import { startService, START_MS } from './service.ts';

beforeAll(async () => {
  await applyD1Migrations(env.FEEDBACK, env.MIGRATIONS);
  await publishTo(env.SNAPSHOTS, makeShop(), 0);
});
beforeEach(async () => {
  for (const table of ['items', 'feeds', 'feed_items']) await env.FEEDBACK.exec(`DELETE FROM ${table}`);
  vi.spyOn(console, 'log').mockReturnValue(undefined);
});

const MINUTE_MS = 60_000;
const FEED: Feed = {
  name: 'shop',
  tenant: DEFAULT_TENANT,
  url: 'https://shop.example/feed',
  kind: 'ndjson',
  everyMinutes: 60,
  hideMissing: false,
};
const ITEM = { id: 'mug', title: 'RED MUG' };
const ndjson = (...items: readonly object[]) => items.map((item) => `${JSON.stringify(item)}\n`).join('');

type Answer = (request: Request) => Response | Promise<Response>;
const body =
  (text: string, headers: Record<string, string> = {}) =>
  () =>
    new Response(text, { headers });

/** The service with one feed, whose origin answers as it is told; `pull` is what the trigger of the next hour does. */
function startFeed(fields: Partial<Feed> = {}, deadlines: DueOptions['deadlines'] = { stallMs: 5_000, pullMs: 10_000 }) {
  const feed = { ...FEED, ...fields };
  const service = startService({ feeds: [feed] });
  const { catalogue, overlay } = service.services;
  const asked: Request[] = [];
  const alerts: PullOutcome[] = [];
  const due = (answer: Answer): DueOptions => ({
    of: () => ({
      pulls: new FeedPulls(env.FEEDBACK, DEFAULT_TENANT),
      catalogue,
      itemsOf: (name) => new FeedItems(env.FEEDBACK, DEFAULT_TENANT, name),
      isServed: (id) => service.store.base?.rowOf.has(id) === true,
      open: () => service.store.open(service.clock.nowMs),
      publish: () => overlay.publish(),
    }),
    fetch: async (input, init) => {
      const request = new Request(input, { headers: init!.headers! });
      asked.push(request);
      return answer(request);
    },
    deadlines,
    nowMs: () => service.clock.nowMs,
    onFailed: async (_, outcome) => alerts.push(outcome),
  });
  const trigger = (answer: Answer) => pullDueFeeds([feed], due(answer));
  const told = async () => (await (await service.get('/v1/feeds')).json<{ feeds: { lastPull: PullOutcome | null }[] }>()).feeds[0]!;
  return {
    ...service,
    asked,
    alerts,
    trigger,
    told,
    async pull(answer: Answer): Promise<PullOutcome> {
      service.clock.nowMs += feed.everyMinutes * MINUTE_MS;
      await trigger(answer);
      return (await told()).lastPull!;
    },
  };
}
const rows = (query: string) => env.FEEDBACK.prepare(query).raw();
const shownIds = async () => (await rows('SELECT id FROM items WHERE shown = 1 ORDER BY id')).flat();

describe('a pull', () => {
  test('takes the items, tells how it went, and everybody is recommended them', async () => {
    const feed = startFeed();
    expect(await feed.told()).toEqual({
      name: 'shop',
      url: FEED.url,
      kind: 'ndjson',
      everyMinutes: 60,
      hideMissing: false,
      lastPull: null,
    });
    const outcome = await feed.pull(body(ndjson(ITEM, { id: 'cup', title: 'CUP', price: -1 }, { id: 'pot', title: 'POT' })));
    expect(outcome).toEqual({
      outcome: 'pulled',
      accepted: 2,
      unchanged: 0,
      hidden: 0,
      refusedTotal: 1,
      refused: [{ line: 2, id: 'cup', path: 'price', message: 'a price is at least 0' }],
      startedAt: new Date(START_MS + 60 * MINUTE_MS).toISOString(),
      finishedAt: new Date(START_MS + 60 * MINUTE_MS).toISOString(),
    });
    expect(await shownIds()).toEqual(['mug', 'pot']);
    expect(feed.store.current!.snapshot.rowOf.has('mug')).toBe(true); // as every isolate has it: by the overlay
    expect(feed.alerts).toEqual([]);
  });

  test('comes when it is due, and not while another runs', async () => {
    const feed = startFeed();
    await feed.pull(body(''));
    feed.clock.nowMs += 60 * MINUTE_MS - 1;
    await feed.trigger(body(''));
    expect(feed.asked).toHaveLength(1);
    feed.clock.nowMs += 1;
    await feed.trigger(async () => {
      feed.clock.nowMs += 60 * MINUTE_MS;
      expect(await feed.told()).toMatchObject({ lastPull: { outcome: 'running' } });
      return new Response('');
    });
    expect(feed.asked).toHaveLength(2);
    const lost = new FeedPulls(env.FEEDBACK, DEFAULT_TENANT);
    const every = { ...FEED, everyMinutes: 5 };
    expect(await lost.begin(every, feed.clock.nowMs)).toBeDefined();
    expect(await lost.begin(every, feed.clock.nowMs + LIMITS.feedPullMs + MINUTE_MS)).toBeUndefined();
    expect(await lost.begin(every, feed.clock.nowMs + LIMITS.feedPullMs + MINUTE_MS + 1)).toBeDefined();
  });

  test('asks with what it knows of the document, and takes 304 for an answer', async () => {
    const feed = startFeed();
    await feed.pull(body(ndjson(ITEM), { etag: '"v1"', 'last-modified': 'Tue, 24 Nov 2026 09:00:00 GMT' }));
    expect(await feed.pull(() => new Response(null, { status: 304 }))).toMatchObject({ outcome: 'unchanged' });
    expect(await feed.pull(() => new Response(null, { status: 304 }))).toMatchObject({ outcome: 'unchanged' });
    const headers = feed.asked.map((request) => [request.headers.get('if-none-match'), request.headers.get('if-modified-since')]);
    expect(headers).toEqual([[null, null], ...Array.from({ length: 2 }, () => ['"v1"', 'Tue, 24 Nov 2026 09:00:00 GMT'])]);
    expect(await feed.pull(() => new Response('', { status: 500 }))).toMatchObject({ outcome: 'failed' });
    await feed.pull(body('')); // after a fault all of it is read
    expect(feed.asked.at(-1)!.headers.get('if-none-match')).toBeNull();
    const other = startFeed({ kind: 'json' });
    other.clock.nowMs = feed.clock.nowMs;
    await other.pull(body('[]')); // the same document, read in another way
    expect(other.asked[0]!.headers.get('if-none-match')).toBeNull();
  });

  test('sends its header, but not to another origin', async () => {
    const feed = startFeed({ header: { name: 'Authorization', value: 'Bearer k' } });
    const hops = ['https://shop.example/here', '/there', 'https://cdn.example/feed'];
    await feed.pull(() => {
      const location = hops.shift();
      return location === undefined ? new Response(ndjson(ITEM)) : new Response(null, { status: 302, headers: { location } });
    });
    expect(feed.asked.map(({ url, headers }) => [url, headers.get('authorization')])).toEqual([
      ['https://shop.example/feed', 'Bearer k'],
      ['https://shop.example/here', 'Bearer k'],
      ['https://shop.example/there', 'Bearer k'],
      ['https://cdn.example/feed', null],
    ]);
  });

  test('goes through the pages of a shop of Shopify’s, to the last', async () => {
    const feed = startFeed({ kind: 'shopify', url: 'https://shop.example/products.json' });
    const product = (id: number) => ({
      id,
      title: `MUG ${id}`,
      handle: `mug-${id}`,
      body_html: '<p>Red &amp; <b>round</b></p>',
      vendor: 'Potter',
      product_type: 'Mugs',
      tags: ['gift'],
      published_at: '2026-01-31T10:00:00+01:00',
      variants: [
        { price: '12.50', available: false },
        { price: '9.00', available: true },
      ],
      images: [{ src: 'https://cdn.example/mug.jpg' }],
    });
    const page = ({ url }: Request) => {
      const at = Number(new URL(url).searchParams.get('page'));
      return Response.json({ products: at > 2 ? [] : [product(2 * at), product(2 * at + 1)] }, { headers: { etag: '"p"' } });
    };
    expect(await feed.pull(page)).toMatchObject({ outcome: 'pulled', accepted: 4, refusedTotal: 0 });
    expect(await (await feed.get('/v1/items/2')).json()).toMatchObject({
      title: 'MUG 2',
      description: 'Red & round',
      brand: 'Potter',
      categories: ['Mugs'],
      tags: ['gift'],
      price: 9,
      available: true,
      url: 'https://shop.example/products/mug-2',
      image: 'https://cdn.example/mug.jpg',
      createdAt: '2026-01-31T09:00:00.000Z',
    });
    expect(feed.asked.map(({ url }) => new URL(url).search)).toEqual(['?limit=250&page=1', '?limit=250&page=2', '?limit=250&page=3']);
    expect(await feed.pull(page)).toMatchObject({ accepted: 4, unchanged: 4 });
    expect(feed.asked.every(({ headers }) => headers.get('if-none-match') === null)).toBe(true);
    expect(await feed.pull(() => Response.json({ products: [product(2)] }))).toMatchObject({ accepted: 1 }); // an origin without pages
  });

  test('reads the encoding that the origin names', async () => {
    const latin = Uint8Array.from(ndjson({ id: 'glas', title: 'TEEGL\u00c4SER' }), (char) => char.charCodeAt(0));
    const feed = startFeed();
    await feed.pull(() => new Response(latin, { headers: { 'content-type': 'text/plain; charset=ISO-8859-1' } }));
    expect(await (await feed.get('/v1/items/glas')).json()).toMatchObject({ title: 'TEEGL\u00c4SER' });
    expect(await feed.pull(() => new Response(latin))).toMatchObject({ outcome: 'failed', reason: 'it is not text in utf-8' });
    const unknown = () => new Response(latin, { headers: { 'content-type': 'text/plain; charset=klingon' } });
    expect(await feed.pull(unknown)).toMatchObject({ outcome: 'failed', reason: 'nobody knows the encoding klingon' });
  });
});

describe('a pull that fails', () => {
  const never = () => new Promise<never>(() => undefined);
  const stream = (pieces: readonly string[], end: (controller: ReadableStreamDefaultController) => Promise<void> | void) => () =>
    new Response(
      new ReadableStream({
        start: (controller) => pieces.forEach((piece) => controller.enqueue(new TextEncoder().encode(piece))),
        pull: end, // when all of it was read
      }),
    );
  const redirect = (location: string) => () => new Response(null, { status: 301, headers: { location } });
  const QUICK = { stallMs: 60, pullMs: 10_000 };

  const faults: [name: string, answer: Answer, reason: string, fields?: Partial<Feed>, deadlines?: DueOptions['deadlines']][] = [
    ['a status', () => new Response('', { status: 500 }), 'shop.example answered with status 500'],
    ['304 that nobody asked for', () => new Response(null, { status: 304 }), 'status 304'],
    ['no connection', () => Promise.reject(new Error('refused')), 'shop.example cannot be reached: Error: refused'],
    ['no answer', never, 'nothing came within 0.06 s', {}, QUICK],
    ['an answer that stops', stream([ndjson(ITEM)], never), 'nothing came within 0.06 s', {}, QUICK],
    ['an answer that never ends', stream([ndjson(ITEM)], never), 'not read within 0.06 s', {}, { stallMs: 10_000, pullMs: 60 }],
    ['one that breaks off', stream([ndjson(ITEM)], (controller) => controller.error(new Error('reset'))), 'it broke off: Error: reset'],
    ['one cut short', body('[{"id":"mug","title":"RED MUG"},{"id":'), 'cut short', { kind: 'json' }],
    ['another document', body('<html>we are closed</html>'), 'no list of items', { kind: 'json' }],
    ['a redirect to http', redirect('http://shop.example/feed'), 'https only'],
    ['a redirect into a private network', redirect('https://169.254.169.254/'), 'private address'],
    ['a redirect to nowhere', redirect('https://'), 'nowhere'],
    ['redirects without end', redirect('/feed'), `more than ${LIMITS.feedRedirects} times`],
  ];
  test.for(faults)('%s', async ([, answer, reason, fields, deadlines]) => {
    const feed = startFeed(fields, deadlines);
    const outcome = await feed.pull(answer);
    expect(outcome).toMatchObject({ outcome: 'failed', reason: expect.stringContaining(reason) });
    expect(feed.alerts).toMatchObject([{ reason: expect.stringContaining(reason) }]);
  });

  test('may be redirected so often', async () => {
    const feed = startFeed();
    let left: number = LIMITS.feedRedirects;
    expect(await feed.pull(() => (left-- > 0 ? redirect('/feed')() : body('')()))).toMatchObject({ outcome: 'pulled' });
  });

  test('keeps what came before, and a huge line is one bad item of many', async () => {
    const feed = startFeed();
    const many = Array.from({ length: 600 }, (_, at) => ({ id: `m${at}`, title: 'MUG' }));
    const huge = `{"id":"huge","title":"${'x'.repeat(LIMITS.feedEntryChars)}"}\n`;
    expect(await feed.pull(body(huge + ndjson(ITEM)))).toMatchObject({
      accepted: 1,
      refused: [{ line: 1, message: `it has more than ${LIMITS.feedEntryChars} characters` }],
    });
    const { length } = `{"id":"long","title":""}`;
    const longest = `{"id":"long","title":"${'x'.repeat(LIMITS.feedEntryChars - length)}"}\n`;
    expect(await feed.pull(body(longest))).toMatchObject({ refused: [{ line: 1, id: 'long', path: 'title' }] });
    expect(await feed.pull(stream([ndjson(...many)], (controller) => controller.error(new Error('reset'))))).toMatchObject({
      outcome: 'failed',
    });
    expect(await shownIds()).toHaveLength(1 + many.length);
  });

  test('is told, and the next feed is pulled', async () => {
    vi.spyOn(console, 'error').mockReturnValue(undefined);
    const begin = vi.fn(() => Promise.reject(new Error('D1 is away')));
    const of = () => ({ pulls: { begin, finish: vi.fn() } }) as never;
    await pullDueFeeds([FEED, { ...FEED, name: 'other' }], {
      of,
      nowMs: () => 0,
      fetch,
      deadlines: { stallMs: 1, pullMs: 1 },
      onFailed: vi.fn(),
    });
    expect(begin).toHaveBeenCalledTimes(2);
  });
});

describe('items that left the feed', () => {
  const numbered = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, at) => ({ id: `m${from + at}`, title: `MUG ${from + at}` }));

  test('stay where nobody asked for more, and are hidden where somebody did, until they come back', async () => {
    const keeping = startFeed();
    await keeping.pull(body(ndjson(...numbered(0, 4))));
    await keeping.pull(body(ndjson(...numbered(0, 3))));
    expect(await shownIds()).toEqual(['m0', 'm1', 'm2', 'm3']);
    const feed = startFeed({ name: 'hiding', hideMissing: true });
    await feed.pull(body(ndjson(...numbered(0, 4))));
    expect(await feed.pull(body(ndjson(...numbered(1, 5), { id: 'm0' })))).toMatchObject({ hidden: 0, refusedTotal: 1 }); // a bad one has not left
    expect(await feed.pull(body(ndjson(...numbered(1, 5))))).toMatchObject({ hidden: 1, accepted: 4, unchanged: 4 });
    expect(await shownIds()).toEqual(['m1', 'm2', 'm3', 'm4']);
    expect(await feed.pull(body(ndjson(...numbered(0, 5))))).toMatchObject({ hidden: 0, unchanged: 4 });
    expect(await shownIds()).toEqual(['m0', 'm1', 'm2', 'm3', 'm4']);
  });

  test('are not hidden by a pull that failed, nor if too many left at once', async () => {
    const feed = startFeed({ kind: 'json', hideMissing: true });
    const list = (count: number) => body(JSON.stringify(numbered(0, count)));
    await feed.pull(list(10));
    await feed.pull(body('[{"id":"m0","title":"MUG 0"},'));
    expect(await shownIds()).toHaveLength(10);
    expect(await feed.pull(list(4))).toMatchObject({
      outcome: 'failed',
      reason: expect.stringContaining('6 of its 10 items left it at once'),
    });
    expect(await shownIds()).toHaveLength(10);
    expect(await feed.pull(list(10 * LIMITS.feedLeavers))).toMatchObject({ outcome: 'pulled', hidden: 5 });
  });

  test('are not touched if they are deleted or hidden already', async () => {
    const feed = startFeed({ hideMissing: true });
    await feed.pull(body(ndjson(...numbered(0, 4))));
    await feed.fetch('/v1/items/m0', { method: 'DELETE' });
    await feed.fetch('/v1/items/m1', { method: 'PATCH', body: '{"hidden":true}' });
    expect(await feed.pull(body(ndjson(...numbered(2, 4))))).toMatchObject({ outcome: 'pulled', hidden: 0 });
  });
});

test('a feed that is read again writes nothing, whatever is in it', async () => {
  const Text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }).filter((text) => !/[\p{Cc}\p{Cs}]/u.test(text));
  const Row = fc.record(
    { id: Text, title: Text, price: fc.integer({ min: -1, max: 9 }), tags: fc.array(Text, { maxLength: 2 }) },
    { requiredKeys: ['id'] },
  );
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(Row, { selector: ({ id }) => id, maxLength: 9 }), async (items) => {
      const feed = startFeed({ name: `feed-${runs++}`, hideMissing: true });
      const first = await feed.pull(body(ndjson(...items)));
      const stored = async () => [await rows('SELECT * FROM items ORDER BY id'), await rows('SELECT * FROM feed_items ORDER BY item')];
      const before = await stored();
      const write = vi.spyOn(feed.services.catalogue, 'write');
      const again = await feed.pull(body(ndjson(...items)));
      expect(again).toMatchObject({ outcome: 'pulled', hidden: 0, accepted: (first as { accepted: number }).accepted });
      expect((again as { unchanged: number }).unchanged).toBe((again as { accepted: number }).accepted);
      for (const { value } of write.mock.results) expect(await value).toEqual([]);
      expect(await stored()).toEqual(before);
    }),
    { numRuns: 15 },
  );
});
