import { env } from 'cloudflare:workers';
import { applyD1Migrations } from 'cloudflare:test';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { SnapshotReference } from '../../src/catalog/manifest.ts';
import type { Snapshot } from '../../src/catalog/snapshot.ts';
import { SnapshotStore } from '../../src/catalog/store.ts';
import type { Recommendation } from '../../src/domain/recommendation.ts';
import { publishTo } from '../fixtures/publish.ts';
import { makeShop } from '../fixtures/shop.ts';
import { CHECK_EVERY_MS, startService, type ErrorBody } from './service.ts';

const ITEMS = 40;

describe('whatever is sent', () => {
  const service = startService();
  beforeAll(async () => {
    await applyD1Migrations(env.FEEDBACK, env.MIGRATIONS);
    await publishTo(env.SNAPSHOTS, makeShop({ items: ITEMS }), 0);
    await service.post({ history: ['i1'] });
  });

  const id = fc.oneof(
    { weight: 4, arbitrary: fc.nat(ITEMS + 3).map((row) => `i${row}`) },
    fc.constantFrom('__proto__', 'constructor', 'i1 '),
    fc.string({ minLength: 1 }),
  );
  const type = fc.constantFrom('view', 'purchase', 'dislike'); // after each of them the item is not shown again
  const interaction = fc.record({ item: id, at: fc.constant('2026-11-24T09:30:00Z'), type }, { requiredKeys: ['item'] });
  const fields = {
    history: fc.array(fc.oneof(id, interaction), { maxLength: 60 }),
    limit: fc.integer({ min: 1, max: 100 }),
    exclude: fc.array(id),
    seen: fc.constantFrom('drop' as const, 'allow' as const),
    scenario: fc.constantFrom('home', 'news', 'email', 'next'),
    context: fc.record({ market: fc.constant('DE') }),
    query: fc.constant('mugs'),
    explain: fc.constant('debug'),
    overrides: fc.record({ diversity: fc.double({ min: 0, max: 1, noNaN: true }), exploration: fc.nat(3) }),
    filter: fc.constantFrom('price < 9', 'tag("gift")', '!category("mugs")'),
  };
  const good = fc.record(fields, { requiredKeys: [] });
  const bad = fc
    .tuple(good, fc.constantFrom(...Object.keys(fields), 'more'), fc.oneof(fc.jsonValue(), fc.array(fc.oneof(id, fc.jsonValue()))))
    .map(([body, field, value]) => ({ ...body, [field]: value }));

  /** An answer keeps what the request asked of it; anything else is the client's fault and says so briefly. */
  async function expectAnswerOrFault(response: Response) {
    const text = await response.text();
    if (response.status === 204) return undefined;
    if (response.status === 200) return JSON.parse(text) as Recommendation;
    const { error } = JSON.parse(text) as ErrorBody;
    expect([400, 404, 405]).toContain(response.status);
    expect(error.code).not.toBe('internal');
    expect(text.length).toBeLessThan(1_000);
    return undefined;
  }

  test('a request gets an answer that keeps to it', async () => {
    await fc.assert(
      fc.asyncProperty(good, async (sent) => {
        const answer = await expectAnswerOrFault(await service.post(sent));
        const { history = [], limit = 10, exclude = [], seen = 'drop' } = sent;
        const asked = new Set(history.map((entry) => (typeof entry === 'string' ? entry : entry.item)));
        const got = answer!.items.map(({ id }) => id);
        expect(got.length).toBeLessThanOrEqual(limit);
        expect(new Set(got).size).toBe(got.length);
        expect(got.filter((id) => exclude.includes(id) || (seen === 'drop' && asked.has(id)))).toEqual([]);
        expect(answer!.items.every(({ score, reason }) => Number.isFinite(score) && reason.because.every((id) => asked.has(id)))).toBe(
          true,
        );
        expect(answer!.degraded.filter((part) => part !== 'trending')).toEqual([]);
      }),
    );
  });

  test('what is nearly a request gets an answer or a fault', async () => {
    await fc.assert(
      fc.asyncProperty(bad, async (sent) => {
        await expectAnswerOrFault(await service.post(sent));
      }),
      { numRuns: 200 },
    );
  });

  test('bytes that are no request are refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.uint8Array(), fc.string({ unit: 'binary' })), async (sent) => {
        await expectAnswerOrFault(await service.fetch('/v1/recommendations', { method: 'POST', body: sent }));
      }),
      { numRuns: 200 },
    );
  });

  test('a path and a query get an answer or a fault', async () => {
    const part = fc.oneof(fc.constantFrom('v1', 'items', 'i7', 'similar', 'popular', 'health', '..', '', '%', '%2F'), fc.webSegment());
    const path = fc.array(part, { maxLength: 5 }).map((parts) => `/${parts.join('/')}`);
    const query = fc.oneof(fc.webQueryParameters(), fc.constantFrom('limit=3', 'limit=3&limit=4', 'q=%E2%98', 'filter=%00', 'limit'));
    const known = fc.constantFrom('/v1/items', '/v1/items/i7', '/v1/items/i7/similar', '/v1/popular', '/v1/health');
    await fc.assert(
      fc.asyncProperty(fc.oneof(path, known), query, fc.constantFrom('GET', 'PUT', 'DELETE'), async (at, asked, method) => {
        await expectAnswerOrFault(await service.fetch(`${at}?${asked}`, { method }));
      }),
      { numRuns: 300 },
    );
  });
});

describe('whatever happens to the storage', () => {
  /** What may happen between two looks of a store. */
  type Event =
    | { readonly kind: 'publish'; readonly damaged: boolean }
    | { readonly kind: 'rubbish' | 'unpublish' | 'roll back' }
    | { readonly kind: 'look'; readonly afterMs: number; readonly failingRead: number };
  const event: fc.Arbitrary<Event> = fc.oneof(
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('publish' as const), damaged: fc.boolean() }) },
    fc.record({ kind: fc.constantFrom('rubbish' as const, 'unpublish' as const, 'roll back' as const) }),
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constant('look' as const),
        afterMs: fc.constantFrom(0, 1_999, 2_000, CHECK_EVERY_MS, CHECK_EVERY_MS),
        failingRead: fc.oneof({ weight: 3, arbitrary: fc.constant(Infinity) }, fc.integer({ min: 1, max: 8 })),
      }),
    },
  );

  test('a store serves a whole version once it found one, never goes without again, and retires every other', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 25, size: 'max' }), async (events) => {
        const values = new Map<string, ArrayBuffer>();
        const put = async (key: string, value: ArrayBuffer | Uint8Array) => void values.set(key, new Uint8Array(value).buffer);
        let failingIn = Infinity;
        const live = new Set<Snapshot>();
        const store = new SnapshotStore({
          tenant: 'default',
          checkEveryMs: CHECK_EVERY_MS,
          amend: (before) => before,
          prepare: async (snapshot: Snapshot) => {
            live.add(snapshot);
            return { snapshot, retire: () => expect(live.delete(snapshot)).toBe(true) };
          },
          storage: {
            read: async (key) => {
              if (--failingIn === 0) throw new Error('unreachable');
              return values.get(key) ?? null;
            },
          },
        });

        const pointers: ArrayBuffer[] = [];
        let latest: SnapshotReference | null = null;
        const whole = new Set<string>();
        let nowMs = 0;
        for (const [at, now] of events.entries()) {
          if (now.kind === 'publish') {
            latest = await publishTo({ put }, makeShop({ items: 6, seed: at, catalogue: `shop ${at}` }), at * 1_000, latest);
            const { version } = latest;
            if (now.damaged) new Uint8Array(values.get(`snapshot/${version}/vectors.0`)!)[0]! ^= 1;
            else whole.add(version);
            pointers.push(values.get('snapshot/current')!);
          } else if (now.kind === 'look') {
            nowMs += now.afterMs;
            failingIn = now.failingRead;
            const before = store.current;
            await Promise.all([store.open(nowMs), store.refresh(nowMs), store.open(nowMs)]);
            if (before) expect(store.current).toBeDefined();
          } else if (now.kind === 'unpublish') values.delete('snapshot/current');
          else values.set('snapshot/current', (now.kind === 'roll back' && pointers[0]) || new ArrayBuffer(3));
          if (store.current) expect(whole).toContain(store.current.snapshot.version);
          expect([...live]).toEqual(store.current ? [store.current.snapshot] : []);
        }
        failingIn = Infinity;
        const { version } = await publishTo({ put }, makeShop({ items: 6, catalogue: 'the last' }), 1_000_000);
        await store.open((nowMs += CHECK_EVERY_MS));
        await store.refresh(nowMs + CHECK_EVERY_MS);
        expect([store.current?.snapshot.version, store.lastFault, live.size]).toEqual([version, undefined, 1]);
      }),
      { numRuns: 60 },
    );
  });
});
