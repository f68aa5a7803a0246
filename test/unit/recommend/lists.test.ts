import { beforeAll, describe, expect, test } from 'vitest';
import type { Snapshot } from '../../../src/catalog/snapshot.ts';
import { dequantizeRow } from '../../../src/kernel/quantize.ts';
import { findItems } from '../../../src/recommend/find.ts';
import { Serving } from '../../../src/recommend/serving.ts';
import { similarItems } from '../../../src/recommend/similar.ts';
import { dot } from '../../fixtures/plain-encoder.ts';
import { engineOf, snapshotOf, standIn } from '../../fixtures/serving.ts';
import { makeShop } from '../../fixtures/shop.ts';

let snapshot: Snapshot;
let serving: Serving;
beforeAll(async () => {
  snapshot = await snapshotOf(makeShop());
  serving = new Serving(snapshot, engineOf(standIn()));
});

describe('similar items', () => {
  test('are those that point the same way or are had together, by both', () => {
    const vectorOf = (row: number) => {
      const vector = new Float32Array(snapshot.vectors.dims);
      dequantizeRow(snapshot.vectors, row, vector, 0);
      return vector;
    };
    const [row, count] = [7, snapshot.items.length];
    const scoreOf = (other: number) => {
      const [a, b] = [vectorOf(row), vectorOf(other)];
      // The shop's items go with the next, 0.4, and the one before, 0.3.
      const together = other === row + 1 ? 0.4 : other === row - 1 ? 0.3 : 0;
      return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b)) + 4 * together;
    };
    const wanted = Array.from({ length: count }, (_, other) => other)
      .filter((other) => other !== row)
      .sort((a, b) => scoreOf(b) - scoreOf(a));
    const found = similarItems(row, 12, serving);
    expect(found.map(({ id }) => id)).toEqual(wanted.slice(0, 12).map((other) => `i${other}`));
    expect(found[0]).toMatchObject({ id: 'i6', title: 'MUGS NUMBER 6', price: 4, reason: { kind: 'goes-with', because: ['i7'] } });
    found.forEach(({ score }, at) => expect(score).toBeCloseTo(scoreOf(wanted[at]!), 2));
    expect(similarItems(row, 100, serving)).toHaveLength(count - 1);
  });
});

describe('finding items', () => {
  const idsOf = (query: string, limit = 10) => findItems(query, limit, serving).items.map(({ id }) => id);

  test('takes the most popular with a word that begins so, for every word', () => {
    expect(idsOf('mug', 3)).toEqual(['i0', 'i3', 'i6']);
    expect(idsOf('NUMB light', 2)).toEqual(['i2', 'i5']);
    expect(idsOf('mugs 3')).toEqual(['i3', 'i30', 'i33', 'i36', 'i39']);
    expect(idsOf('ugs')).toEqual([]);
  });

  test('counts every match, and everything matches a blank', () => {
    expect(findItems('bags', 2, serving)).toMatchObject({ items: [{ id: 'i1' }, { id: 'i4' }], total: 13 });
    for (const blank of ['', ' \t']) expect(findItems(blank, 1, serving)).toMatchObject({ items: [{ id: 'i0' }], total: 40 });
    for (const signs of [' ,- ', '!!!', '😀']) expect(findItems(signs, 1, serving)).toEqual({ items: [], total: 0 });
  });
});
