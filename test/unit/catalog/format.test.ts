import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeFloats,
  decodeNeighbours,
  decodeVectors,
  encodeFloats,
  encodeStatistics,
  decodeStatistics,
  encodeNeighbours,
  encodeVectors,
} from '../../../src/catalog/format.ts';
import { decodeItems, encodeItems } from '../../../src/catalog/columns/item-bytes.ts';
import { FormatError } from '../../../src/catalog/layout.ts';
import { quantizeRows } from '../../../src/kernel/quantize.ts';
import { makeShop } from '../../fixtures/shop.ts';

const COUNT = 5;
const DIMS = 3;
const SHOP = makeShop({ items: COUNT, dims: DIMS });
/** All weights alike: they are kept exactly. */
const RULES = { ...SHOP.rules, weight: SHOP.rules.weight.map(() => 0.5) };

/** The same bytes in the middle of others, at an address that is no multiple of four. */
function amid(bytes: Uint8Array): Uint8Array {
  const buffer = new Uint8Array(bytes.length + 9).fill(0xaa);
  buffer.set(bytes, 3);
  return buffer.subarray(3, 3 + bytes.length);
}

/** What each part is, encoded and read again. */
const STATISTICS = {
  ...SHOP.statistics,
  trend: SHOP.statistics.popularity.map((count) => count / 2),
  ageDays: SHOP.statistics.popularity.map(Math.sqrt),
};
const PARTS: Record<string, { value: unknown; bytes: Uint8Array; decode: (bytes: Uint8Array, count?: number) => unknown }> = {
  items: { value: SHOP.items, bytes: encodeItems(SHOP.items, COUNT), decode: (bytes, count = COUNT) => [...decodeItems(bytes, count)] },
  vectors: {
    value: quantizeRows(SHOP.vectors, COUNT, DIMS),
    bytes: encodeVectors(quantizeRows(SHOP.vectors, COUNT, DIMS)),
    decode: (bytes, count = COUNT) => decodeVectors(bytes, count, DIMS),
  },
  neighbours: {
    value: {
      start: RULES.start,
      heaviest: new Float32Array(COUNT).fill(0.5),
      item: Uint16Array.from(RULES.item),
      weight: new Uint8Array(RULES.weight.length).fill(255),
    },
    bytes: encodeNeighbours(RULES),
    decode: (bytes, count = COUNT) => decodeNeighbours(bytes, count),
  },
  floats: {
    value: SHOP.statistics.popularity,
    bytes: encodeFloats(SHOP.statistics.popularity),
    decode: (bytes, count = COUNT) => decodeFloats(bytes, count),
  },
  statistics: {
    value: { statistics: STATISTICS, byPopularity: Uint32Array.from(SHOP.items.keys()) },
    bytes: encodeStatistics(STATISTICS),
    decode: (bytes, count = COUNT) => decodeStatistics(bytes, count),
  },
};

describe.each(Object.keys(PARTS))('%s', (name) => {
  const { value, bytes, decode } = PARTS[name]!;

  test('are read as they were written, wherever they lie in memory', () => {
    expect(decode(bytes)).toEqual(value);
    expect(decode(amid(bytes))).toEqual(value);
  });

  test('are refused at any other length', () => {
    for (let end = 0; end < bytes.length; end++) expect(() => decode(bytes.subarray(0, end)), `${end} bytes`).toThrow(FormatError);
    expect(() => decode(Uint8Array.from([...bytes, 1]))).toThrow(FormatError);
    expect(() => decode(amid(bytes).subarray(1))).toThrow(FormatError);
  });

  test('are refused for another number of items', () => {
    fc.assert(
      fc.property(fc.nat(40), (count) => {
        if (count !== COUNT) expect(() => decode(bytes, count)).toThrow(FormatError);
      }),
    );
  });
});

test('numbers are little-endian', () => {
  expect([...encodeFloats(new Float32Array([1]))]).toEqual([0, 0, 0x80, 0x3f]);
});

test('neighbours that were read are written as they were', () => {
  const tables = fc.array(fc.array(fc.float({ min: 2 ** -20, max: 2 ** 20, noNaN: true }), { maxLength: 5 }), {
    minLength: COUNT,
    maxLength: COUNT,
  });
  fc.assert(
    fc.property(tables, (rows) => {
      let at = 0;
      const weight = Float32Array.from(rows.flat());
      const start = Uint32Array.from([0, ...rows.map(({ length }) => (at += length))]);
      const bytes = encodeNeighbours({ start, item: Uint32Array.from(weight, (_, k) => k % COUNT), weight });
      expect(encodeNeighbours(decodeNeighbours(bytes, COUNT))).toEqual(bytes);
    }),
  );
});
