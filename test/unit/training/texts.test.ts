import { expect, test } from 'vitest';
import type { Item } from '../../../src/domain/item.ts';
import { seededRandom } from '../../../src/kernel/random.ts';
import { termsOf } from '../../../src/model/terms.ts';
import { weighTerms } from '../../../src/model/term-matrix.ts';
import { compareTexts } from '../../../src/training/text-neighbours.ts';
import { reduceTexts } from '../../../src/training/text-vectors.ts';

const item = (title: string, categories: readonly string[] = [], attributes: Item['attributes'] = {}): Item => ({
  id: title,
  title,
  categories,
  attributes,
});
/** Mugs and lamps, and something that nobody describes. */
const ITEMS = [
  item('RED MUG large'),
  item('red mug small'),
  item('Blue mug'),
  item('garden lamp large'),
  item('garden lamp small'),
  item('wall lamp'),
  item('xyzzy'),
];

test('the terms of an item are its words, its categories and its attributes that are text, each once', () => {
  const terms = termsOf(item('Tea tea, POT no. 3', ['Kitchen'], { brand: 'Acme', weight: 3, tags: ['a'], note: '' }));
  expect(terms).toEqual(['tea', 'pot', 'no', '3', 'category kitchen', 'brand acme']);
  expect(termsOf(item('красная ＭＵＧ'))).toEqual(['красная', 'mug']);
});

test('a term that one item has alone, or that most have, says nothing', () => {
  const { termCount, start } = weighTerms([...ITEMS, item('mug'), item('mug'), item('mug'), item('mug')]);
  expect(termCount).toBe(5); // red, large, small, garden and lamp; mug is in 7 of 11 items, wall, blue and xyzzy in one each
  expect(start[7]! - start[6]!).toBe(0);
});

test('the neighbours of an item say the same, most alike first; one without text has none', () => {
  const { start, item: rows, weight } = compareTexts(weighTerms(ITEMS), 3);
  const of = (row: number) => [...rows.subarray(start[row], start[row + 1])];
  expect(of(0)[0]).toBe(1);
  expect(of(3)[0]).toBe(4);
  expect(of(6)).toEqual([]);
  expect(of(0)).not.toContain(0);
  expect([...weight].every((one) => one > 0 && one <= 1 + 1e-6)).toBe(true);
});

test('in few dimensions what is described alike stays near, rows have length 1 or 0, and a seed gives the same', () => {
  const terms = weighTerms(ITEMS);
  const dims = 3;
  const vectors = reduceTexts(terms, dims, seededRandom(1));
  const product = (a: number, b: number) =>
    Array.from({ length: dims }, (_, d) => vectors[a * dims + d]! * vectors[b * dims + d]!).reduce((sum, part) => sum + part, 0);
  for (let row = 0; row < 6; row++) expect(product(row, row)).toBeCloseTo(1, 5);
  expect(product(6, 6)).toBe(0);
  expect(product(0, 1)).toBeGreaterThan(product(0, 5));
  expect(product(3, 4)).toBeGreaterThan(product(3, 2));
  expect(reduceTexts(terms, dims, seededRandom(1))).toEqual(vectors);
  expect(reduceTexts(weighTerms([item('a'), item('b')]), 0, seededRandom(1))).toHaveLength(0);
});
