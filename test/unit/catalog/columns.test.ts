import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { IdIndex } from '../../../src/catalog/columns/id-index.ts';
import { decodeItems, encodeItems } from '../../../src/catalog/columns/item-bytes.ts';
import { Items } from '../../../src/catalog/columns/items.ts';
import { packItems } from '../../../src/catalog/columns/pack-items.ts';
import type { AttributeValue, Item } from '../../../src/domain/item.ts';

const text = fc.string({ unit: 'grapheme-composite', maxLength: 12 });
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0); // JSON knows no -0
const value: fc.Arbitrary<AttributeValue> = fc.oneof(text, number, fc.boolean(), fc.array(text, { maxLength: 3 }));
const name = fc.constantFrom('brand', 'tags', 'hidden', '', '__proto__', 'constructor');
const content = fc
  .record(
    {
      title: text,
      price: number,
      categories: fc.array(fc.constantFrom('a', 'b', 'ü', ''), { maxLength: 3 }),
      createdAtMs: number,
      attributes: fc.array(fc.tuple(name, value), { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
    },
    { requiredKeys: ['title', 'categories', 'attributes'] },
  )
  .map((item) => JSON.parse(JSON.stringify(item)) as Omit<Item, 'id'>);
const items = fc
  .uniqueArray(fc.tuple(text, content), { selector: ([id]) => id, maxLength: 20 })
  .map((all) => all.map(([id, of]): Item => ({ id, ...of })));

describe('items by column', () => {
  test('say what they said, in bytes too', () => {
    fc.assert(
      fc.property(items, (all) => {
        expect([...Items.of(all)]).toEqual(all);
        const read = decodeItems(encodeItems(all, all.length), all.length);
        expect([...read]).toEqual(all);
        expect(all.map((_, row) => [read.idOf(row), read.titleOf(row)])).toEqual(all.map(({ id, title }) => [id, title]));
        expect([...read.price]).toEqual(all.map(({ price = NaN }) => price));
        expect([...read.createdAtMs]).toEqual(all.map(({ createdAtMs = NaN }) => createdAtMs));
      }),
    );
  });

  test('with others in some rows are those, and all else stays', () => {
    fc.assert(
      fc.property(
        items,
        fc.array(fc.tuple(fc.nat(25), content), { maxLength: 8 }),
        fc.array(fc.tuple(fc.nat(25), content), { maxLength: 3 }),
        (all, first, second) => {
          let expected = all;
          let changed = Items.of(all);
          for (const changes of [first, second]) {
            const rows = new Map<number, Item>();
            for (const [at, of] of changes) {
              const row = Math.min(at, expected.length);
              const item = { id: expected[row]?.id ?? `later ${row}`, ...of };
              expected = row < expected.length ? expected.with(row, item) : [...expected, item];
              rows.set(row, item);
            }
            changed = changed.with(rows);
          }
          expect(changed.length).toBe(expected.length);
          expect([...changed]).toEqual(expected);
          expect(expected.map(({ id }) => changed.rowOf.get(id))).toEqual([...expected.keys()]);
          expect(changed.rowOf.has('never heard of')).toBe(false);
          expect([...changed.price]).toEqual(expected.map(({ price = NaN }) => price));
          const { start, entry, names } = changed.categories;
          const categoriesOf = (row: number) => Array.from(entry.slice(start[row], start[row + 1]), (of) => names[of]);
          expect(expected.map((_, row) => categoriesOf(row))).toEqual(expected.map(({ categories }) => categories));
          expect(new Set(names).size).toBe(names.length);
          for (const of of ['brand', '__proto__', 'missing']) {
            const read = changed.attribute(of);
            expect(expected.map((_, row) => read?.(row))).toEqual(
              expected.map(({ attributes }) => (Object.hasOwn(attributes, of) ? attributes[of] : undefined)),
            );
          }
        },
      ),
    );
  });

  test('hold each value of an attribute, and each category, once', () => {
    const all = Array.from({ length: 1_000 }, (_, row): Item => ({
      id: `i${row}`,
      title: '',
      categories: [`c${row % 3}`],
      attributes: { brand: `b${row % 5}`, size: row % 2 },
    }));
    const table = packItems(all, all.length);
    expect([...table.categoryNames]).toEqual(['c0', 'c1', 'c2']);
    expect([...table.attributeNames]).toEqual(['brand', 'size']);
    expect([...table.values]).toEqual(['"b0"', '"b1"', '"b2"', '"b3"', '"b4"', '0', '1']);
    expect([...table.firstValue]).toEqual([0, 5, 7]);
  });

  test('are counted as they are packed', () => {
    const [item] = [{ id: 'a', title: 'A', categories: [], attributes: {} }];
    expect(() => packItems([item], 2)).toThrow('1 items were packed as 2');
    expect(() => packItems([item, item], 1)).toThrow('2 items were packed as 1');
  });
});

test('ids and titles are those of the row however many others were asked for, and those of an amended version its own', () => {
  const count = 10_000; // more than are remembered
  const items = Items.of(
    Array.from({ length: count }, (_, row): Item => ({ id: `i${row}`, title: `T${row}`, categories: [], attributes: {} })),
  );
  for (let time = 0; time < 2; time++)
    for (let row = 0; row < count; row++) expect([items.idOf(row), items.titleOf(row)]).toEqual([`i${row}`, `T${row}`]);
  const amended = items.with(new Map([[7, { id: 'i7', title: 'another', categories: [], attributes: {} }]]));
  expect([amended.titleOf(7), amended.titleOf(8), items.titleOf(7)]).toEqual(['another', 'T8', 'T7']);
});

describe('the index of ids', () => {
  test('finds what a map finds', () => {
    fc.assert(
      fc.property(fc.uniqueArray(text, { maxLength: 60 }), fc.array(text), (ids, others) => {
        const rowOf = new Map(ids.map((id, row) => [id, row]));
        const { ids: packed } = packItems(
          ids.map((id): Item => ({ id, title: '', categories: [], attributes: {} })),
          ids.length,
        );
        const index = new IdIndex(packed);
        for (const id of [...ids, ...others]) {
          expect(index.get(id)).toBe(rowOf.get(id));
          expect(index.has(id)).toBe(rowOf.has(id));
        }
      }),
    );
  });
});
