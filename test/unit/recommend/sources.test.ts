import { beforeAll, describe, expect, test } from 'vitest';
import { parseFilter } from '../../../src/recommend/filter/parse.ts';
import type { Asked } from '../../../src/recommend/request.ts';
import type { Serving } from '../../../src/recommend/serving.ts';
import type { SourceName } from '../../../src/recommend/settings.ts';
import { fillTallies, readSignals } from '../../../src/recommend/signals.ts';
import { gatherRows, type Proposal } from '../../../src/recommend/sources/sources.ts';
import { NOON_MS, openShop, situationOf } from '../../fixtures/situation.ts';

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
  const situation = situationOf(serving, { ...asked, overrides: { sources: { [source]: 1 } } });
  const signals = await readSignals(situation.session, serving, []);
  const clear = fillTallies(situation.session, serving);
  const proposals: Proposal[] = [];
  const rows = gatherRows(situation, signals, proposals);
  clear();
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
    expect(sorted(await propose('similar', { about: ['i5'] }))).toEqual(nearest);
    expect(sorted(await propose('similar', { history: ['i3', 'i5'] }))).toEqual(nearest);
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

test('query finds words in titles', async () => {
  expect(await propose('query', { query: 'MUG 3' })).toEqual([3, 30, 33, 36, 39]);
});
