import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { amendNeighbours } from '../../../src/catalog/amend/amend-neighbours.ts';
import { amendSnapshot } from '../../../src/catalog/amend/amend-snapshot.ts';
import { amendVectors } from '../../../src/catalog/amend/amend-parts.ts';
import { Items } from '../../../src/catalog/columns/items.ts';
import { neighboursRoom } from '../../../src/catalog/fit-neighbours.ts';
import { decodeNeighbours, encodeNeighbours } from '../../../src/catalog/format.ts';
import { latestChanges, type Change } from '../../../src/catalog/amend/change.ts';
import { embedByText } from '../../../src/catalog/amend/embed.ts';
import { toServedItem } from '../../../src/catalog/items/served-item.ts';
import { KnownChanges } from '../../../src/catalog/overlay/known-changes.ts';
import { encodeOverlay, parseOverlay } from '../../../src/catalog/overlay/overlay.ts';
import type { Item } from '../../../src/domain/item.ts';
import { meanLength, ROW_BYTES } from '../../../src/kernel/quantize.ts';
import { unitOf, type Neighbours } from '../../../src/model/neighbours.ts';
import { ItemTextEncoder } from '../../../src/model/text-encoder.ts';
import { makeCatalogueItem } from '../../fixtures/catalogue-item.ts';
import { snapshotOf } from '../../fixtures/serving.ts';
import { makeShop } from '../../fixtures/shop.ts';

const ITEMS = 12;
const snapshot = await snapshotOf(makeShop({ items: ITEMS }));
const newItem = (id: string): Item => ({ id, title: `NEW ${id}`, categories: ['mugs'], attributes: {} });
const embedding = {
  vector: new Float32Array(8).fill(0.5),
  near: [
    ['i2', 0.9],
    ['gone', 0.8],
  ] as const,
};

/** The entries of every row, as a list each. */
const rowsOf = (table: Neighbours) =>
  Array.from({ length: table.start.length - 1 }, (_, row) => {
    const [first, end] = [table.start[row]!, table.start[row + 1]];
    return Array.from(table.item.slice(first, end), (to, at) => [to, Math.fround(unitOf(table, row) * table.weight[first + at]!)] as const);
  });

describe('an amended snapshot', () => {
  test('says what items say now, hides what may not be shown, and shares all else', () => {
    const item = { ...snapshot.items.at(3), price: 99 };
    const amended = amendSnapshot(snapshot, [
      { id: 'i3', seq: 1, item },
      { id: 'i5', seq: 2, item: null },
      { id: 'never heard of', seq: 3, item: null },
    ]);
    const hidden = { ...snapshot.items.at(5), attributes: { ...snapshot.items.at(5).attributes, hidden: true } };
    expect([...amended.items]).toEqual([...snapshot.items].with(3, item).with(5, hidden));
    expect({ ...amended, items: snapshot.items }).toEqual(snapshot);
    expect(amended.vectors).toBe(snapshot.vectors);
  });

  test('is the same one without changes, and with changes that are in it', () => {
    expect(amendSnapshot(snapshot, [])).toBe(snapshot);
    const later = { ...snapshot, upTo: 7 };
    expect(amendSnapshot(later, [{ id: 'i3', seq: 7, item: null }])).toBe(later);
    expect(amendSnapshot(later, [{ id: 'i3', seq: 8, item: null }])).not.toBe(later);
  });

  test('has new items last, with the place that their text gives them, and leads to them from what says the same', () => {
    const amended = amendSnapshot(snapshot, [
      { id: 'a', seq: 1, item: newItem('a'), embedding },
      { id: 'b', seq: 2, item: newItem('b') },
    ]);
    expect([...amended.items].slice(ITEMS).map(({ id }) => id)).toEqual(['a', 'b']);
    expect([amended.rowOf.get('a'), amended.rowOf.get('i5')]).toEqual([ITEMS, 5]);
    expect(amended.vectors.count).toBe(ITEMS + 2);
    expect(amended.vectors.codes.subarray(0, ITEMS * ROW_BYTES)).toEqual(snapshot.vectors.codes);
    for (let d = 0; d < 8; d++) {
      const { codes, scales } = amended.vectors;
      expect(codes[ITEMS * ROW_BYTES + d]! * scales[d]!).toBeCloseTo(Math.min(0.5, 127 * scales[d]!), 1);
      expect(codes[(ITEMS + 1) * ROW_BYTES + d]).toBe(0);
    }
    expect(rowsOf(amended.texts)[ITEMS]).toEqual([[2, expect.closeTo(0.9)]]);
    expect(rowsOf(amended.texts)[2]![0]).toEqual([ITEMS, expect.closeTo(0.9)]);
    expect(rowsOf(amended.texts)[4]).toEqual(rowsOf(snapshot.texts)[4]);
    expect(rowsOf(amended.rules)).toEqual([...rowsOf(snapshot.rules), [], []]);
    expect(Array.from(amended.byPopularity.slice(ITEMS))).toEqual([ITEMS, ITEMS + 1]);
    // As popular as the ninth of twelve: 2 · (12 − 9).
    expect(Array.from(amended.statistics.popularity.slice(ITEMS - 1))).toEqual([2, 6, 6]);
    expect(Array.from(amended.statistics.trend.slice(ITEMS))).toEqual([0, 0]);
  });

  test('has new items in the order in which they were made, whichever was written last', () => {
    const made = (id: string, createdAtMs: number, seq: number): Change => ({ id, seq, item: { ...newItem(id), createdAtMs } });
    const idsOf = (changes: readonly Change[]) => Array.from(amendSnapshot(snapshot, changes).items, ({ id }) => id).slice(ITEMS);
    expect(idsOf([made('c', 2, 9), made('b', 2, 3), made('z', 1, 4)])).toEqual(['z', 'b', 'c']);
    expect(idsOf([made('d', 3, 10), made('z', 1, 11), made('c', 2, 9), made('b', 2, 3)])).toEqual(['z', 'b', 'c', 'd']);
  });

  test('says of neighbours what a snapshot of them would say, in as few bytes', () => {
    const { texts } = amendSnapshot(snapshot, [{ id: 'a', seq: 1, item: newItem('a'), embedding }]);
    expect([texts.item, texts.weight, texts.heaviest].map((array) => array.constructor.name)).toEqual([
      'Uint16Array',
      'Uint8Array',
      'Float32Array',
    ]);
    expect(decodeNeighbours(encodeNeighbours(texts), ITEMS + 1)).toEqual(texts);
  });

  test('keeps every row where it is, whatever changed', () => {
    const id = fc.nat(ITEMS + 3).map((row) => (row < ITEMS ? `i${row}` : `n${row}`));
    const change = fc.tuple(id, fc.boolean(), fc.boolean()).map(([of, gone, placed]) => ({
      id: of,
      item: gone ? null : newItem(of),
      ...(placed ? { embedding } : {}),
    }));
    fc.assert(
      fc.property(fc.array(change), (changes) => {
        const numbered = latestChanges(changes.map((of, at): Change => ({ ...of, seq: at + 1 })));
        const amended = amendSnapshot(snapshot, numbered);
        const { items, rowOf, byPopularity, statistics, vectors } = amended;
        const ids = Array.from(items, (item) => item.id);
        expect(ids.slice(0, ITEMS)).toEqual(Array.from(snapshot.items, (item) => item.id));
        expect(ids.map((of) => rowOf.get(of))).toEqual([...ids.keys()]);
        expect([...byPopularity].sort((a, b) => a - b)).toEqual([...ids.keys()]);
        expect([vectors.count, statistics.trend.length]).toEqual([items.length, items.length]);
        for (const table of [amended.rules, amended.coVisits, amended.texts]) {
          expect(table.start).toHaveLength(items.length + 1);
          for (const row of rowsOf(table)) {
            expect(row.every(([to]) => to < items.length)).toBe(true);
            expect(row.map(([, weight]) => weight)).toEqual(row.map(([, weight]) => weight).toSorted((a, b) => b - a));
          }
        }
        for (const { id: of, item } of numbered) {
          const row = rowOf.get(of);
          if (item) expect(items.at(row!)).toEqual(item);
          else if (row !== undefined) expect(items.at(row).attributes['hidden']).toBe(true);
        }
      }),
    );
  });
});

test('neighbours that lose rows keep the entries of the others', () => {
  const kept = Uint32Array.from([0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11]);
  const rows = rowsOf(amendNeighbours(snapshot.rules, { kept, added: [] }));
  expect(rows).toHaveLength(ITEMS - 1);
  // Row 3 is gone: row 2 led to 3 and 4, and 4 is in row 3 now.
  expect(rows[2]).toEqual([[3, expect.closeTo(0.25)]]);
  expect(rows[3]).toEqual([
    [4, expect.closeTo(0.5)],
    [5, expect.closeTo(0.25)],
  ]);
});

test('neighbours that are renewed are forgotten in both directions', () => {
  const kept = Uint32Array.from({ length: ITEMS }, (_, row) => row);
  const rows = rowsOf(amendNeighbours(snapshot.rules, { kept, added: [] }, [[0, 3, 0.9]], new Set([3])));
  expect(rows[3]).toEqual([]);
  expect(rows[2]).toEqual([[4, expect.closeTo(0.25)]]);
  expect(rows[0]![0]).toEqual([3, expect.closeTo(0.9)]);
  expect(rows[7]).toEqual(rowsOf(snapshot.rules)[7]);
});

test('a vector is clipped to the scales there are, and one without a scale has no code', () => {
  const matrix = { count: 0, dims: 2, scales: Float32Array.of(0.01, 0), codes: new Int8Array() };
  const placed = new Map([Float32Array.of(9, 1), Float32Array.of(-9, 0)].entries());
  const { codes } = amendVectors(matrix, { kept: new Uint32Array(), added: placed.values().toArray() }, placed);
  expect([codes[0], codes[1], codes[ROW_BYTES], codes[ROW_BYTES + 1]]).toEqual([127, 0, -127, 0]);
});

describe('an item that no model has seen', () => {
  const embed = embedByText(snapshot);

  test('stands beside those that say the same, and where the text encoder says', () => {
    const { vector, near } = embed(makeCatalogueItem({ title: 'Nine mugs', categories: ['mugs'] }))!;
    expect(near.map(([id]) => id)).toEqual(['i0', 'i3', 'i6', 'i9']);
    expect(near.every(([, cosine]) => cosine > 0.9 && cosine <= 1.000_001)).toBe(true);
    const direction = new ItemTextEncoder(snapshot.words).encode('Nine mugs mugs')!;
    vector.forEach((value, d) => expect(value / meanLength(snapshot.vectors)).toBeCloseTo(direction[d]!));
  });

  test('without a word that two items share stands nowhere', () => {
    expect(embed(makeCatalogueItem({ title: 'Unheard of' }))).toBeUndefined();
  });

  test('in a large catalogue stands beside no more than an item has room for', () => {
    const count = 150_000;
    const items = Items.of(
      Array.from({ length: count }, (_, row): Item => ({ id: `i${row}`, title: `mug ${row % 9}`, categories: [], attributes: {} })),
    );
    const { near } = embedByText({ ...snapshot, items })(makeCatalogueItem({ title: 'mug 3' }))!;
    expect(near).toHaveLength(neighboursRoom(count));
    expect([50_000, 150_000, 200_000, 1_000_000].map(neighboursRoom)).toEqual([132, 13, 5, 0]);
  });

  test('by its description too', () => {
    const described = embed(makeCatalogueItem({ title: 'Unheard of', description: 'Goes with all bags.' }))!;
    expect(described.near[0]![0]).toBe('i1');
    expect(described.vector.some((value) => value !== 0)).toBe(true);
  });
});

describe('what an isolate knows to have changed', () => {
  const change = (id: string, seq: number): Change => ({ id, seq, item: null });
  const overlay = (since: number, upTo: number, ...changes: Change[]) => ({ version: 'v', since, upTo, changes });
  const seqs = ({ all }: KnownChanges) => Object.fromEntries(all.map(({ id, seq }) => [id, seq]));

  test('is what the overlay tells and what is later, in whatever order they come', () => {
    const known = new KnownChanges();
    known.learn([change('a', 5)]);
    expect(known.follow(overlay(0, 4, change('a', 3), change('b', 4)), 0)).toBe(true);
    expect(seqs(known)).toEqual({ a: 5, b: 4 });
    known.learn([change('a', 2)]);
    expect(seqs(known)).toEqual({ a: 5, b: 4 });
    // An overlay from before, as KV may still serve it.
    known.follow(overlay(0, 3, change('a', 3)), 0);
    expect(seqs(known)).toEqual({ a: 5, b: 4 });
  });

  test('is forgotten when a new version has it', () => {
    const known = new KnownChanges();
    known.learn([change('a', 1), change('b', 2)]);
    known.follow(overlay(2, 3, change('c', 3)), 2);
    expect(seqs(known)).toEqual({ c: 3 });
  });

  test('but not by who serves an older version', () => {
    const known = new KnownChanges();
    known.learn([change('a', 1)]);
    known.follow(overlay(2, 3, change('c', 3)), 0);
    expect(seqs(known)).toEqual({ a: 1, c: 3 });
    expect([known.covers(1), known.covers(2)]).toEqual([false, true]);
  });

  test('is taken once', () => {
    const known = new KnownChanges();
    expect(known.follow(overlay(0, 1, change('a', 1)), 0)).toBe(true);
    expect(known.follow(overlay(0, 1, change('a', 1)), 0)).toBe(false);
  });
});

test('an overlay is read as it was written', () => {
  const changes: Change[] = [
    { id: 'mug', seq: 3, item: toServedItem(makeCatalogueItem({ price: 2 }), 5), embedding },
    { id: 'cup', seq: 4, item: null },
  ];
  const overlay = { version: 'v', since: 2, upTo: 4, changes };
  expect(parseOverlay(encodeOverlay(overlay))).toEqual(overlay);
  for (const text of ['', '[]', '{"version":"v"}', '{"version":"v","since":0,"upTo":1,"changes":[{"id":"a","seq":1,"item":7}]}'])
    expect(() => parseOverlay(new TextEncoder().encode(text))).toThrow();
});
