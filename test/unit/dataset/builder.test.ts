import { describe, expect, test } from 'vitest';

import { DatasetBuilder, TYPES_MAX } from '../../../src/dataset/builder.ts';
import { interactionsOf } from './files.ts';

const item = (id: string) => ({ id, title: id.toUpperCase(), categories: [], attributes: {} });
const shortened = (lines: string[]) =>
  lines.map((line) => line.replace('1970-01-01T00:00:00.00', '').replace(' view', '').replace(' -', ''));

describe('order', () => {
  test('is by time, ties as they come, and users as they appear', () => {
    const builder = new DatasetBuilder();
    for (const [user, id, atMs] of [
      ['b', 'i', 2],
      ['a', 'j', 5],
      ['b', 'k', 1],
      ['b', 'l', 2],
      ['a', 'i', 5],
      ['b', 'm', 1],
    ] as const) {
      builder.addInteraction(user, id, 'view', atMs, NaN);
    }
    const dataset = builder.build('x');
    expect(shortened(interactionsOf(dataset))).toEqual(['b k 1Z', 'b m 1Z', 'b i 2Z', 'b l 2Z', 'a j 5Z', 'a i 5Z']);
    expect([...dataset.start]).toEqual([0, 4, 6]);
    expect(dataset.ties).toBe(6);
  });

  test('keeps an interaction without a time behind the one before it', () => {
    const builder = new DatasetBuilder();
    for (const [id, atMs] of [
      ['a', NaN],
      ['b', 3],
      ['c', NaN],
      ['d', 1],
      ['e', NaN],
      ['f', 2],
    ] as const) {
      builder.addInteraction('u', id, 'view', atMs, NaN);
    }
    const dataset = builder.build('x');
    expect(dataset.items.filter((_, row) => dataset.item[row] !== undefined).length).toBe(6);
    expect([...dataset.item].map((row) => dataset.items[row]?.id).join('')).toBe('adefbc');
    expect(dataset.ties).toBe(0);
  });

  test('holds while the columns grow', () => {
    const builder = new DatasetBuilder();
    const count = 5000;
    for (let k = 0; k < count; k++) builder.addInteraction(`u${k % 7}`, `i${k}`, 'view', count - k, k);
    const dataset = builder.build('x');
    expect(dataset.item.length).toBe(count);
    for (let u = 0; u < 7; u++) {
      for (let k = dataset.start[u]! + 1; k < dataset.start[u + 1]!; k++) {
        expect(dataset.atMs[k]! - dataset.atMs[k - 1]!).toBe(7);
        expect(dataset.value[k]!).toBe(dataset.item[k]!);
      }
    }
  });
});

describe('rows', () => {
  test('of items are the catalogue, then the others as they appear; repeats are kept', () => {
    const builder = new DatasetBuilder();
    builder.addItem(item('b'));
    builder.addItem(item('a'));
    expect(() => builder.addItem(item('b'))).toThrow('item "b" is in the catalogue already');
    for (const id of ['z', 'a', 'y', 'z', 'z']) builder.addInteraction('u', id, 'view', 0, NaN);
    const dataset = builder.build('x');
    expect(dataset.items.map(({ id, title }) => `${id} ${title}`)).toEqual(['b B', 'a A', 'z z', 'y y']);
    expect([...dataset.item]).toEqual([2, 1, 3, 2, 2]);
    expect(builder.bareItems).toBe(2);
  });

  test('of types are by name, as many as a byte tells apart', () => {
    const builder = new DatasetBuilder();
    for (let t = TYPES_MAX - 1; t >= 0; t--) builder.addInteraction('u', 'i', `t${String(t).padStart(3, '0')}`, NaN, NaN);
    const dataset = builder.build('x');
    expect(dataset.types[0]).toBe('t000');
    expect([...dataset.type]).toEqual(Array.from({ length: TYPES_MAX }, (_, k) => TYPES_MAX - 1 - k));
    expect(() => builder.addInteraction('u', 'i', 'one more', NaN, NaN)).toThrow('more than 256 types of interaction');
  });
});
