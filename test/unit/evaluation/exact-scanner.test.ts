import { describe, expect, test } from 'vitest';
import { exactScanner } from '../../../src/evaluation/exact-scanner.ts';
import { quantizeRows } from '../../../src/kernel/quantize.ts';
import { normal, seededRandom } from '../../../src/kernel/random.ts';
import { createScanner } from '../../../src/kernel/scan.ts';
import { SCAN } from '../../fixtures/scan.ts';

const [COUNT, DIMS] = [500, 16];

describe('the float scanner', () => {
  const random = seededRandom(1);
  const draw = (length: number) => Float32Array.from({ length }, () => normal(random));
  const vectors = draw(COUNT * DIMS);
  const exact = exactScanner(vectors, quantizeRows(vectors, COUNT, DIMS));

  test('finds the rows of the highest products, those permitted alone', () => {
    const query = draw(DIMS);
    const products = exact.products(
      query,
      Int32Array.from({ length: COUNT }, (_, row) => row),
    );
    const permitted = Uint8Array.from({ length: COUNT }, (_, row) => row % 2);
    const best = [...products.keys()].filter((row) => row % 2 === 1).sort((a, b) => products[b]! - products[a]!);
    expect(new Set(exact.nearest(query, 20, permitted))).toEqual(new Set(best.slice(0, 20)));
  });

  test('gives what the int8 scanner gives, within what int8 rounds away', () => {
    const int8 = createScanner(SCAN, quantizeRows(vectors, COUNT, DIMS));
    const query = draw(DIMS);
    const rows = Int32Array.of(0, 7, 499);
    const [a, b] = [exact.products(query, rows), int8.products(query, rows)];
    for (let at = 0; at < rows.length; at++) expect(a[at]).toBeCloseTo(b[at]!, 0);
    const [x, y] = [new Float32Array(DIMS), new Float32Array(DIMS)];
    exact.read(499, x, 0);
    int8.read(499, y, 0);
    expect([...x]).toEqual([...vectors.subarray(499 * DIMS)]);
    for (let d = 0; d < DIMS; d++) expect(Math.abs(x[d]! - y[d]!)).toBeLessThan(0.02);
  });
});
