import { expect, test } from 'vitest';
import { normal, seededRandom } from '../../../src/kernel/random.ts';
import { fitTextEncoder } from '../../../src/model/fit-text-encoder.ts';
import { conjugateGradients } from '../../../src/model/least-squares.ts';
import { ItemTextEncoder } from '../../../src/model/text-encoder.ts';

/** Mugs point one way, lamps another, whatever their colour. */
const DIMS = 3;
const items = ['red mug', 'blue mug', 'green mug', 'red lamp', 'blue lamp', 'green lamp'].map((title) => ({
  id: title,
  title,
  categories: [],
  attributes: {},
}));
const vectors = Float32Array.from([5, 0, 1, 4, 0, 1, 3, 0, 1, 0, 5, 1, 0, 4, 1, 0, 3, 1]);
const encoder = new ItemTextEncoder(fitTextEncoder(items, vectors, new Float32Array(6).fill(1000)));

test('a word points where the items with it do, and a text has length 1', () => {
  const [mug, lamps] = ['mug', 'LAMPS please'].map((text) => encoder.encode(text)!);
  expect(mug![0]!).toBeGreaterThan(3 * Math.abs(mug![1]!));
  expect(lamps![1]!).toBeGreaterThan(3 * Math.abs(lamps![0]!));
  for (const vector of [mug!, lamps!]) {
    expect(vector).toHaveLength(DIMS);
    expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
  }
});

test('words that were never seen, or by one item only, say nothing', () => {
  expect(encoder.encode('qzxv')).toBeUndefined();
  expect(encoder.encode('')).toBeUndefined();
  expect(encoder.encode('mug qzxv')).toEqual(encoder.encode('mug'));
});

test('conjugate gradients solve the regularised normal equations', () => {
  const random = seededRandom(1);
  const [unknowns, dims, lambda] = [5, 2, 0.5];
  const equations = Array.from({ length: 12 }, (_, at) => ({
    columns: Int32Array.of(at % unknowns, (at + 2) % unknowns),
    values: Float32Array.of(normal(random), normal(random)),
    target: Float32Array.of(normal(random), normal(random)),
    weight: 1 + random(),
  }));
  const x = conjugateGradients(equations, unknowns, dims, lambda);
  for (let d = 0; d < dims; d++) {
    const left = Array.from({ length: unknowns }, (_, at) => lambda * x[at * dims + d]!);
    for (const { columns, values, target, weight } of equations) {
      const miss = columns.reduce((sum, column, k) => sum + values[k]! * x[column * dims + d]!, 0) - target[d]!;
      columns.forEach((column, k) => (left[column]! += weight * values[k]! * miss));
    }
    for (const gradient of left) expect(Math.abs(gradient)).toBeLessThan(1e-3);
  }
});
