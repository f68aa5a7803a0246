import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { amendSnapshot } from '../../../src/catalog/amend/amend-snapshot.ts';
import { EdgewiseError } from '../../../src/domain/errors.ts';
import type { AttributeValue, Item } from '../../../src/domain/item.ts';
import { LIMITS } from '../../../src/domain/limits.ts';
import { seededRandom } from '../../../src/kernel/random.ts';
import { nextCursor, pagedRows, parseCursor } from '../../../src/recommend/cursor.ts';
import { parseFilter } from '../../../src/recommend/filter/parse.ts';
import { recommend } from '../../../src/recommend/recommend.ts';
import type { Asked } from '../../../src/recommend/request.ts';
import { applyRules } from '../../../src/recommend/rules/rules.ts';
import { SCENARIO_NAMES } from '../../../src/recommend/scenarios.ts';
import type { Serving } from '../../../src/recommend/serving.ts';
import { SEEN_POLICIES, SOURCE_NAMES, type Settings } from '../../../src/recommend/settings.ts';
import { openSituation } from '../../../src/recommend/situation.ts';
import { Stopwatch } from '../../../src/recommend/stopwatch.ts';
import { ask, NOON_MS, openShop } from '../../fixtures/situation.ts';

const ITEMS = 60;
const DAY_MS = 24 * 60 * 60_000;
const random = seededRandom(5);
/** Every kind of availability, each some times; brands and dates. */
const LIMITED: readonly Record<string, AttributeValue>[] = [
  {},
  {},
  {},
  { hidden: true },
  { available: false },
  { validFrom: new Date(NOON_MS + DAY_MS).toISOString() },
  { validTo: new Date(NOON_MS + DAY_MS).toISOString() },
  { markets: ['DE'] },
  { markets: 7 },
];
const change = (_: Item, row: number): Partial<Item> => ({
  attributes: { ...LIMITED[Math.floor(random() * LIMITED.length)], ...(row % 5 === 0 && { brand: 'Acme' }) },
  ...(row % 3 > 0 && { createdAtMs: NOON_MS - row * DAY_MS }),
});

let shop: Serving;
beforeAll(async () => {
  shop = await openShop(ITEMS, change);
});

const ID = fc.oneof({ weight: 9, arbitrary: fc.nat(ITEMS - 1).map((row) => `i${row}`) }, fc.constant('gone'));
const FACTOR = fc.double({ min: 1 / LIMITS.factor, max: LIMITS.factor, noNaN: true });
const CAP = fc.oneof(fc.integer({ min: 1, max: 4 }), fc.constant(Infinity));
const OVERRIDES: fc.Arbitrary<Partial<Settings>> = fc.record(
  {
    sources: fc.dictionary(fc.constantFrom(...SOURCE_NAMES), FACTOR, { minKeys: 1 }),
    seen: fc.constantFrom(...SEEN_POLICIES),
    shownIsSeen: fc.boolean(),
    halfLifeDays: fc.constantFrom(0.5, 30, Infinity),
    boosts: fc.array(fc.record({ filter: fc.constantFrom('price < 9', 'category("mugs")').map(parseFilter), factor: FACTOR }), {
      maxLength: 3,
    }),
    caps: fc.record({ category: CAP, brand: CAP }),
    diversity: fc.constantFrom(0, 0.3, 1),
    exploration: fc.integer({ min: 0, max: LIMITS.explorationSlots }),
  },
  { requiredKeys: [] },
);
const ASKED: fc.Arbitrary<Partial<Asked>> = fc.record(
  {
    scenario: fc.constantFrom(...SCENARIO_NAMES),
    overrides: OVERRIDES,
    history: fc.array(ID, { maxLength: 10 }),
    unfinished: fc.array(ID, { maxLength: 3 }),
    shown: fc.array(ID, { maxLength: 10 }),
    about: fc.array(ID, { maxLength: 3 }),
    query: fc.constantFrom('', 'number', 'mugs', 'zzz'),
    market: fc.constantFrom('DE', 'FR'),
    limit: fc.integer({ min: 1, max: 20 }),
    exclude: fc.array(ID, { maxLength: 20 }),
    filter: fc.constantFrom('price < 20', '!category("bags")').map(parseFilter),
    counts: fc.constant({ trending: Array.from({ length: ITEMS }, (_, row) => ({ item: `i${row}`, score: 1 })) }),
    nowMs: fc.constantFrom(NOON_MS, NOON_MS + DAY_MS, NOON_MS - 400 * DAY_MS),
    random: fc.nat().map(seededRandom),
  },
  { requiredKeys: [] },
);

const answerTo = (asked: Partial<Asked>) => recommend(ask(asked), shop, new Stopwatch(() => 0));
const rowOf = (id: string) => shop.snapshot.rowOf.get(id)!;

/** Whether an item may be shown, by the book. */
function mayBeShown({ attributes: { hidden, available, validFrom, validTo, markets } }: Item, nowMs: number, market?: string): boolean {
  if (hidden === true || available === false || typeof markets === 'number') return false;
  if (typeof validFrom === 'string' && nowMs < Date.parse(validFrom)) return false;
  if (typeof validTo === 'string' && nowMs >= Date.parse(validTo)) return false;
  return !Array.isArray(markets) || markets.length === 0 || (market !== undefined && markets.includes(market));
}

describe('whatever is asked of whatever scenario', () => {
  test('no item is shown that may not be, twice, or against the request', async () => {
    await fc.assert(
      fc.asyncProperty(ASKED, async (asked) => {
        const { items } = await answerTo(asked);
        const { nowMs, exclude, about, limit, settings, history, unfinished, market } = ask(asked);
        expect(items.length).toBeLessThanOrEqual(limit);
        expect(new Set(items.map(({ id }) => id)).size).toBe(items.length);
        for (const { id, score } of items) {
          expect(mayBeShown(shop.snapshot.items.at(rowOf(id)), nowMs, market)).toBe(true);
          expect(exclude).not.toContain(id);
          expect(about).not.toContain(id);
          const begun = settings.sources.continue !== undefined && unfinished.includes(id);
          if (settings.seen === 'drop' && !begun) expect(history).not.toContain(id);
          expect(Number.isFinite(score)).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('the rules let no ineligible item through, whatever the sources return', () => {
    fc.assert(
      fc.property(ASKED, fc.uniqueArray(fc.nat(ITEMS - 1)), fc.nat(), (asked, rows, seed) => {
        const scores = seededRandom(seed);
        const list = rows.map((row) => ({ row, score: 20 * scores() - 10 })).sort((a, b) => b.score - a.score);
        const situation = openSituation(ask(asked), shop);
        const dropped: number[] = [];
        const kept = applyRules(list, situation, (_, __, out) => dropped.push(...out.filter(({ spare }) => !spare).map(({ row }) => row)));
        const { nowMs, market, limit } = situation.request;
        for (const { row } of kept) {
          expect(mayBeShown(shop.snapshot.items.at(row), nowMs, market)).toBe(true);
          expect(situation.permitted?.[row]).not.toBe(0);
          expect(situation.excluded.has(row)).toBe(false);
          expect(dropped).not.toContain(row);
        }
        // What nothing speaks against is shown as long as there is room.
        expect(kept).toHaveLength(Math.min(limit, rows.length - dropped.length));
      }),
      { numRuns: 200 },
    );
  });

  test('an answer is never short of what may be shown, where popular items are among the sources', async () => {
    await fc.assert(
      fc.asyncProperty(ASKED, async (asked) => {
        const settings = { ...asked.overrides, sources: { ...asked.overrides?.sources, popular: 1 }, seen: 'allow' as const };
        const whole = { ...asked, filter: parseFilter('price > 0'), overrides: settings };
        const { nowMs, exclude, about, limit, market } = ask(whole);
        const free = [...shop.snapshot.items].filter(
          (item) => mayBeShown(item, nowMs, market) && ![...exclude, ...about].includes(item.id),
        );
        expect((await answerTo(whole)).items).toHaveLength(Math.min(limit, free.length));
      }),
      { numRuns: 200 },
    );
  });
});

describe('pages', () => {
  test('never repeat an item, even when the history grows and the request changes between them, and come to an end', async () => {
    await fc.assert(
      fc.asyncProperty(ASKED, fc.array(ASKED, { minLength: 1, maxLength: 6 }), async (first, changes) => {
        const scenario = first.scenario ?? 'home';
        const got: string[] = [];
        let cursor: string | null = null;
        for (const asked of [first, ...changes, ...Array.from({ length: ITEMS }, () => first)]) {
          const paged = cursor === null ? [] : pagedRows(parseCursor(cursor), scenario, shop.snapshot);
          const answer = await answerTo({ ...asked, scenario, paged });
          got.push(...answer.items.map(({ id }) => id));
          ({ cursor } = answer);
          expect(cursor === null).toBe(answer.items.length < ask(asked).limit);
          if (cursor === null) break;
        }
        expect(cursor).toBeNull();
        expect(new Set(got).size).toBe(got.length);
      }),
      { numRuns: 40 },
    );
  });

  test('of home are the one long answer in pieces, where all of the catalogue is proposed', async () => {
    const history = ['i1', 'i8'];
    const long = (await answerTo({ history, limit: 20 })).items.map(({ id }) => id);
    const got: string[] = [];
    let paged: readonly number[] = [];
    while (got.length < 20) {
      const { items, cursor } = await answerTo({ history, limit: 5, paged });
      got.push(...items.map(({ id }) => id));
      paged = pagedRows(parseCursor(cursor!), 'home', shop.snapshot);
    }
    expect(got).toEqual(long);
  });

  test('are as many as there may be', async () => {
    const rows = (count: number) => Array.from({ length: count }, () => 0);
    expect((await answerTo({ limit: 5, paged: rows(LIMITS.pagedItems - 6) })).cursor).not.toBeNull();
    for (const left of [5, 4, 1]) {
      const { items, cursor } = await answerTo({ limit: 5, paged: rows(LIMITS.pagedItems - left) });
      expect([items.length, cursor]).toEqual([left, null]);
    }
  });

  test('the longest cursor there is may be sent', () => {
    const paged = Array.from({ length: LIMITS.pagedItems - 2 }, () => 9_999_999);
    const cursor = nextCursor(
      ask({ paged, limit: 1, scenario: 'search' }),
      { ...shop.snapshot, model: { ...shop.snapshot.model, items: 10_000_000 } },
      [{ row: 9_999_999 }],
    )!;
    expect(parseCursor(cursor)[2]).toHaveLength(LIMITS.pagedItems - 1);
    expect(cursor.length).toBeLessThanOrEqual(LIMITS.cursorChars);
  });

  test('a cursor of the most rows there may be is read, and one more is refused', async () => {
    const { version } = shop.snapshot;
    const write = (count: number) => btoa(JSON.stringify([version, 'home', Array.from({ length: count }, () => ITEMS - 1)]));
    expect(pagedRows(parseCursor(write(LIMITS.pagedItems - 1)), 'home', shop.snapshot)).toHaveLength(LIMITS.pagedItems - 1);
    expect(() => parseCursor(write(LIMITS.pagedItems))).toThrow(expect.objectContaining({ code: 'cursor_invalid' }));
  });

  test('an item that came after the version was made is the same in every isolate, and is passed over where it is not known', () => {
    const added = (id: string, seq: number) => ({ id, seq, item: { id, title: id, categories: [], attributes: {} } });
    const amended = (...changes: ReturnType<typeof added>[]) => amendSnapshot(shop.snapshot, changes);
    const here = amended(added('neü', 1));
    const cursor = nextCursor(ask({ limit: 2 }), here, [{ row: 3 }, { row: ITEMS }])!;
    const rowsIn = (snapshot: typeof here) => pagedRows(parseCursor(cursor), 'home', snapshot);
    expect(rowsIn(here)).toEqual([3, ITEMS]);
    expect(rowsIn(amended(added('newer', 2), added('neü', 1)))).toEqual([3, ITEMS + 1]);
    expect(rowsIn(shop.snapshot)).toEqual([3]);
  });

  test('there is no cursor that would be too long to be sent', () => {
    const id = 'x'.repeat(LIMITS.idChars);
    const snapshot = amendSnapshot(shop.snapshot, [{ id, seq: 1, item: { id, title: id, categories: [], attributes: {} } }]);
    const cursorOf = (count: number) =>
      nextCursor(ask({ limit: 1, paged: Array.from({ length: count - 1 }, () => ITEMS) }), snapshot, [{ row: ITEMS }]);
    const most = Math.floor((LIMITS.cursorChars * 3) / 4 / (LIMITS.idChars + 3)); // an id has two quotes and a comma
    expect(cursorOf(most - 1)!.length).toBeLessThanOrEqual(LIMITS.cursorChars);
    expect(cursorOf(most + 1)).toBeNull();
  });

  test('a text is a cursor or is refused, whatever it is', () => {
    const near = fc.jsonValue().map((value) => btoa(encodeURIComponent(JSON.stringify(value))));
    const tuple = fc
      .tuple(fc.constant('v'), fc.constantFrom('home', 'attic'), fc.array(fc.double()))
      .map((value) => btoa(JSON.stringify(value)));
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.base64String(), near, tuple), (text) => {
        try {
          const [version, scenario, rows] = parseCursor(text);
          expect([typeof version, SCENARIO_NAMES.includes(scenario), rows.every(Number.isInteger)]).toEqual(['string', true, true]);
        } catch (fault) {
          expect(fault).toBeInstanceOf(EdgewiseError);
          expect(fault).toMatchObject({ code: 'cursor_invalid', path: 'cursor' });
        }
      }),
      { numRuns: 500 },
    );
  });

  test('of another version, of another scenario, or with rows that are none are refused', () => {
    const { snapshot } = shop;
    const codeOf = (...cursor: Parameters<typeof pagedRows>[0]) => {
      try {
        pagedRows(cursor, 'home', snapshot);
        return 'none';
      } catch (fault) {
        return (fault as EdgewiseError).code;
      }
    };
    expect(codeOf(snapshot.version, 'home', [ITEMS - 1])).toBe('none');
    expect(codeOf('another', 'home', [0])).toBe('cursor_stale');
    expect(codeOf(snapshot.version, 'cart', [0])).toBe('cursor_invalid');
    expect(codeOf(snapshot.version, 'home', [ITEMS])).toBe('cursor_invalid');
  });
});
