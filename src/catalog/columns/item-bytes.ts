/**
 * How the part `items` of a snapshot is laid out: six lengths as uint32, then the arrays of an `ItemTable` one after another, the widest
 * first, so that each can be read where it lies, and the bytes of all texts last. Numbers are little-endian, texts UTF-8.
 */
import type { Item } from '../../domain/item.ts';
import { joinBytes } from '../../kernel/bytes.ts';
import { ArrayReader, FormatError } from '../layout.ts';
import { Items } from './items.ts';
import { packItems } from './pack-items.ts';
import { Texts } from './texts.ts';

/** The bytes of `count` items, which are asked for one at a time. */
export function encodeItems(items: Iterable<Item>, count: number): Uint8Array {
  const table = packItems(items, count);
  const { categories, attributes, ids, titles, categoryNames, attributeNames, values } = table;
  const texts = [ids, titles, categoryNames, attributeNames, values];
  const [names, inCategories, inAttributes] = [categoryNames.length, categories.entry.length, attributes.entry.length];
  return joinBytes([
    Uint32Array.of(count, names, inCategories, attributeNames.length, values.length, inAttributes),
    table.price,
    table.createdAtMs,
    ...[categories, attributes].flatMap(({ start, entry }) => [start, entry]),
    table.firstValue,
    ...texts.map(({ start }) => start),
    ...texts.map(({ bytes }) => bytes),
  ]);
}

/** `count` items, over the same bytes where these begin a buffer. Throws `FormatError` on anything else than `encodeItems` wrote. */
export function decodeItems(bytes: Uint8Array, count: number): Items {
  const reader = new ArrayReader('items', bytes);
  const [length, categories, inCategories, attributes, values, inAttributes] = reader.take(Uint32Array, 6) as unknown as Six;
  if (length !== count) throw new FormatError(`items: expected ${count}, found ${length}`);
  const table = {
    length,
    price: reader.take(Float64Array, count),
    createdAtMs: reader.take(Float64Array, count),
    categories: { start: reader.take(Uint32Array, count + 1), entry: reader.take(Uint32Array, inCategories) },
    attributes: { start: reader.take(Uint32Array, count + 1), entry: reader.take(Uint32Array, inAttributes) },
    firstValue: reader.take(Uint32Array, attributes + 1),
  };
  const starts = [count, count, categories, attributes, values].map((of) => reader.take(Uint32Array, of + 1));
  const [ids, titles, categoryNames, attributeNames, valueTexts] = starts.map(
    (start) => new Texts(start, reader.take(Uint8Array, start.at(-1)!)),
  ) as [Texts, Texts, Texts, Texts, Texts];
  reader.end();
  return new Items({ ...table, ids, titles, categoryNames, attributeNames, values: valueTexts });
}

type Six = readonly [number, number, number, number, number, number];
