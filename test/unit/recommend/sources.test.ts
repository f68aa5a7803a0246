import { beforeAll, describe, expect, test } from 'vitest';
import type { Critique, Wish } from '../../../src/domain/critique.ts';
import { withoutBarred } from '../../../src/recommend/barred.ts';
import { parseFilter } from '../../../src/recommend/filter/parse.ts';
import type { Asked } from '../../../src/recommend/request.ts';
import type { Serving } from '../../../src/recommend/serving.ts';
import type { SourceName } from '../../../src/recommend/settings.ts';
import { openSituation } from '../../../src/recommend/situation.ts';
import { clearTallies, fillTallies, readSignals } from '../../../src/recommend/signals.ts';
import { gatherRows, type Proposal } from '../../../src/recommend/sources/sources.ts';
import { ask, NOON_MS, openShop, situationOf } from '../../fixtures/situation.ts';

const DAY_MS = 24 * 60 * 60_000;
const ITEMS = 40;
let shop: Serving;
beforeAll(async () => {
  // Every fourth item is dated, the higher its number the newer; the last of them is still to come. Row 9 is hidden.
  shop = await openShop(ITEMS, (_, row) => ({
    ...(row % 4 === 0 && { createdAtMs: NOON_MS - (36 - row) * DAY_MS + Number(row === 36) }),
    attributes: row === 9 ? { hidden: true } : {},
  }));
});

/** What one source proposes. */
async function propose(source: SourceName, asked: Partial<Asked> = {}, serving = shop): Promise<readonly number[]> {
  const situation = situationOf(serving, { ...asked, overrides: { ...asked.overrides, sources: { [source]: 1 } } });
  const signals = await readSignals(situation.session, serving, []);
  fillTallies(situation.session, serving);
  const proposals: Proposal[] = [];
  const rows = withoutBarred(situation.barred, situation.permitted, serving, (permitted) =>
    gatherRows({ ...situation, permitted }, signals, proposals),
  );
  clearTallies(serving);
  expect(proposals.map((proposal) => proposal.source)).toEqual([source]);
  expect(new Set(rows)).toEqual(new Set(proposals[0]!.rows));
  return proposals[0]!.rows;
}
const sorted = (rows: readonly number[]) => [...rows].sort((a, b) => a - b);

test('none proposes what may not be shown or does not match the filter', async () => {
  const counts = { trending: Array.from({ length: ITEMS }, (_, row) => ({ item: `i${row}`, score: 1 })) };
  const asked = { history: ['i8', 'i10'], about: ['i8'], unfinished: ['i9', 'i12'], query: 'number', counts };
  for (const source of [
    'transformer',
    'rules',
    'coVisits',
    'texts',
    'similar',
    'complementary',
    'continue',
    'trending',
    'fresh',
    'query',
    'popular',
  ] as const) {
    const rows = await propose(source, asked);
    expect([source, rows.length > 0, rows.includes(9)]).toEqual([source, true, false]);
    const cheap = await propose(source, { ...asked, filter: parseFilter('price < 12') }); // below i22
    expect([source, cheap.every((row) => row < 22)]).toEqual([source, true]);
  }
});

describe('a source proposes one item a place and some more', () => {
  const MANY = 400;
  const BESIDE = { transformer: 90, rules: 10, coVisits: 90, texts: 10 } as const;
  let large: Serving;
  beforeAll(async () => {
    const plain = await openShop(MANY);
    // Whatever was had, everything goes with it.
    const start = Uint32Array.from({ length: MANY + 1 }, (_, row) => row * MANY);
    const item = Uint32Array.from({ length: MANY * MANY }, (_, k) => k % MANY);
    const table = { start, item, weight: Float32Array.from(item, (row) => 1 / (1 + row)) };
    large = Object.assign(Object.create(plain) as Serving, {
      snapshot: { ...plain.snapshot, rules: table, coVisits: table, texts: table },
    });
  });
  const history = ['i3', 'i5'];

  test.each(Object.entries(BESIDE) as [keyof typeof BESIDE, number][])('%s', async (source, beside) => {
    for (const limit of [1, 10, 100]) expect(await propose(source, { history, limit }, large)).toHaveLength(limit + beside);
    const exclude = Array.from({ length: 30 }, (_, row) => `i${row}`);
    expect(await propose(source, { history, limit: 10, exclude }, large)).toHaveLength(10 + beside);
    // Where a rule may bring up an item from further down, for fifty places more.
    expect(await propose(source, { history, limit: 10, overrides: { diversity: 0.2 } }, large)).toHaveLength(10 + 50 + beside);
  });

  test('popular: the places, and 200 where a rule may bring up an item', async () => {
    expect(await propose('popular', { history, limit: 10 }, large)).toHaveLength(10);
    expect(await propose('popular', { history, limit: 10, overrides: { diversity: 0.2 } }, large)).toHaveLength(210);
  });
});

describe('trending', () => {
  test('is what the isolate has heard of, in its order', async () => {
    const counts = { trending: ['i7', 'gone', 'i9', 'i3'].map((item) => ({ item, score: 1 })) };
    expect(await propose('trending', { counts })).toEqual([7, 3]);
    expect(await propose('trending')).toEqual([]);
  });
});

describe('fresh', () => {
  test('are the dated items that have come', async () => {
    expect(sorted(await propose('fresh', { history: ['i1'] }))).toEqual([0, 4, 8, 12, 16, 20, 24, 28, 32]);
  });

  test('are the nearest of the newest: to the vector of the user, or to the texts until there is one', async () => {
    const many = await openShop(400, (_, row) => ({ createdAtMs: NOON_MS - row * DAY_MS }));
    const rows = await propose('fresh', { history: ['i350'] }, many);
    expect(rows).toHaveLength(60);
    expect(Math.max(...rows)).toBeLessThan(300);
    const user = await many.encodeUser([350]);
    const products = many.scanner.products(
      user,
      Int32Array.from({ length: 300 }, (_, row) => row),
    );
    const best = [...products.keys()].sort((a, b) => products[b]! - products[a]!).slice(0, 60);
    expect(sorted(rows)).toEqual(sorted(best));

    many.retire(); // and with it the encoder
    expect(await propose('fresh', { history: ['i250'] }, many)).toEqual(expect.arrayContaining([253, 247, 0, 1]));
  });
});

describe('similar', () => {
  test('are those whose vectors point the way of what the answer is about, or of the newest of the history', async () => {
    const vector = new Float32Array(shop.snapshot.vectors.dims);
    shop.scanner.read(5, vector, 0);
    const nearest = sorted([...shop.scanner.nearest(vector, 60, shop.permits.rowsFor(undefined, NOON_MS))]);
    expect(nearest).toHaveLength(ITEMS - 1);
    expect(sorted(await propose('similar', { about: ['i5'] }))).toEqual(nearest.filter((row) => row !== 5));
    expect(sorted(await propose('similar', { history: ['i3', 'i5'] }))).toEqual(nearest.filter((row) => row !== 3 && row !== 5));
    expect(await propose('similar')).toEqual([]);
  });
});

describe('complementary', () => {
  test('is what goes with the cart, but of other categories', async () => {
    // i4 goes with i5, i6 (rules), i5 and i3 (co-visits); the categories of three in a row differ.
    expect(sorted(await propose('complementary', { about: ['i4'] }))).toEqual([3, 5, 6]);
    // i5 has the category of 8 and goes with 6, 7, 4; i4 is in the cart and so are its own.
    expect(sorted(await propose('complementary', { about: ['i4', 'i5'] }))).toEqual([3, 6]);
    expect(await propose('complementary', { history: ['i4'] })).toEqual([]);
  });

  test('is not the same thing in another form, where there are no categories to tell', async () => {
    const plain = await openShop(ITEMS, () => ({ categories: [] }));
    /** The same shop, where the text of one item is near to that of another. */
    const saying = (from: number, to: number, cosine: number) => {
      const start = Uint32Array.from({ length: ITEMS + 1 }, (_, row) => Number(row > from));
      const texts = { start, item: Uint32Array.of(to), weight: Float32Array.of(cosine) };
      return Object.assign(Object.create(plain) as Serving, { snapshot: { ...plain.snapshot, texts } });
    };
    const goingWith = async (serving: Serving) => sorted(await propose('complementary', { about: ['i4'] }, serving));
    expect(await goingWith(plain)).toEqual([3, 5, 6]);
    expect(await goingWith(saying(4, 5, 0.4))).toEqual([3, 6]);
    expect(await goingWith(saying(5, 4, 0.4))).toEqual([3, 6]);
    expect(await goingWith(saying(4, 5, 0.39))).toEqual([3, 5, 6]);
  });
});

test('continue is what was begun', async () => {
  expect(await propose('continue', { unfinished: ['i12', 'gone', 'i2'] })).toEqual([12, 2]);
});

describe('query', () => {
  test('finds what has the words, whole ones before beginnings, and then what is near them', async () => {
    const rows = await propose('query', { query: 'MUG 3' });
    expect(rows[0]).toBe(3);
    const mugs = rows.filter((row) => row % 3 === 0);
    expect(rows.slice(0, mugs.length)).toEqual(mugs);
    expect(sorted(mugs)).toEqual([0, 3, 6, 12, 15, 18, 21, 24, 27, 30, 33, 36, 39]); // row 9 is hidden
    expect(new Set(rows).size).toBe(rows.length);
  });

  test('finds nothing without words, or for conditions alone', async () => {
    expect(await propose('query')).toEqual([]);
    const { matches, intent, request } = situationOf(shop, { query: 'under 5', scenario: 'search' });
    expect([matches, intent?.priceMax]).toEqual([undefined, 5]);
    expect(Object.keys(request.settings.sources)).toEqual(['transformer', 'rules', 'coVisits', 'texts', 'popular', 'query']);
  });
});

test('critiques are what there should be more of, and a request without them has no such source', async () => {
  const critique = (id: string, wish: Wish): Critique => ({ id, atMs: NOON_MS, ...wish });
  const more = [critique('a', { kind: 'more-like-this', item: 'i5' }), critique('b', { kind: 'more', words: 'lights' })];
  const less = [critique('c', { kind: 'less', words: 'mugs' }), critique('d', { kind: 'price', priceMax: 15 })];
  const rows = await propose('critiques', { critiques: more });
  expect(rows).toEqual(expect.arrayContaining([5, 2, 8, 11]));
  expect(await propose('critiques', { critiques: less })).toEqual([]);
  expect(situationOf(shop, { critiques: less }).request.settings.sources.critiques).toBe(1);
  const bare = ask({});
  expect(openSituation(bare, shop).request).toBe(bare);
});
