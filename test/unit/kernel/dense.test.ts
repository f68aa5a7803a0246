import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { assemble } from '../../../scripts/assemble.ts';
import { readKernelSource } from '../../../scripts/build-kernels.ts';
import { instantiateDense, type DenseExports } from '../../../src/kernel/dense.ts';
import { normal, seededRandom } from '../../../src/kernel/random.ts';
import { compileKernel } from '../../../src/training/kernels.ts';

test('dense.wasm is what dense.wat assembles to', async () => {
  const stored = await readFile(new URL('../../../src/kernel/dense.wasm', import.meta.url));
  expect(Buffer.from(await assemble(await readKernelSource('dense'))).equals(stored)).toBe(true);
});

let module: WebAssembly.Module;
beforeAll(async () => {
  module = await compileKernel('dense');
});

/** Addresses far enough from each other for every matrix of these tests. */
const [A, B, C, OUT] = [1024, 16_384, 32_768, 49_152] as const;
const GUARD = -12_345;

let kernels: DenseExports;
beforeEach(() => {
  kernels = instantiateDense(module);
});

const put = (at: number, values: ArrayLike<number>) => new Float32Array(kernels.memory.buffer).set(values, at / 4);
/** Numbers from the result on, of which those behind it are to be left alone. */
const result = (count: number) => {
  const found = new Float32Array(kernels.memory.buffer, OUT, count + 8);
  return { values: [...found.subarray(0, count)], behind: [...found.subarray(count)] };
};
const random = (seed: number, count: number) => {
  const draw = seededRandom(seed);
  return Float32Array.from({ length: count }, () => normal(draw));
};
const guard = () => put(OUT, new Float32Array(4000).fill(GUARD));

function expectNear(found: readonly number[], wanted: ArrayLike<number>, tolerance = 1e-5) {
  expect(found).toHaveLength(wanted.length);
  for (let at = 0; at < found.length; at++)
    expect(Math.abs(found[at]! - wanted[at]!), `at ${at}`).toBeLessThanOrEqual(tolerance * (1 + Math.abs(wanted[at]!)));
}

const size = (most: number) => fc.integer({ min: 1, max: most });
const seed = fc.nat(1000);

test('product', () => {
  fc.assert(
    fc.property(size(11), size(20), size(4), seed, (m, k, eights, drawn) => {
      const n = 8 * eights;
      const [a, b] = [random(drawn, m * k), random(drawn + 1, k * n)];
      guard();
      put(A, a);
      put(B, b);
      kernels.product(A, B, OUT, m, k, n);
      const wanted = Array.from({ length: m * n }, (_, at) => {
        const [row, column] = [Math.floor(at / n), at % n];
        return Array.from({ length: k }, (__, d) => a[row * k + d]! * b[d * n + column]!).reduce((sum, one) => sum + one);
      });
      const { values, behind } = result(m * n);
      expectNear(values, wanted);
      expect(new Set(behind)).toEqual(new Set([GUARD]));
    }),
  );
});

test('a row of a product does not depend on the other rows', () => {
  const [a, b] = [random(1, 7 * 16), random(2, 16 * 8)];
  put(B, b);
  const rows = (from: number, count: number) => {
    put(A, a.subarray(from * 16, (from + count) * 16));
    kernels.product(A, B, OUT, count, 16, 8);
    return result(8 * count).values;
  };
  const all = rows(0, 7);
  for (let row = 0; row < 7; row++) expect(rows(row, 1)).toEqual(all.slice(8 * row, 8 * row + 8));
});

test('product with the right side transposed', () => {
  fc.assert(
    fc.property(size(6), size(5), size(11), seed, (m, fours, n, drawn) => {
      const k = 4 * fours;
      const [a, b] = [random(drawn, m * k), random(drawn + 1, n * k)];
      guard();
      put(A, a);
      put(B, b);
      kernels.productTransposed(A, B, OUT, m, k, n);
      const wanted = Array.from({ length: m * n }, (_, at) => {
        const [row, column] = [Math.floor(at / n), at % n];
        return Array.from({ length: k }, (__, d) => a[row * k + d]! * b[column * k + d]!).reduce((sum, one) => sum + one);
      });
      const { values, behind } = result(m * n);
      expectNear(values, wanted);
      expect(new Set(behind)).toEqual(new Set([GUARD]));
    }),
  );
});

test('add: a matrix, one row for all, and rows out of a wider matrix', () => {
  fc.assert(
    fc.property(size(5), size(11), fc.constantFrom('matrix', 'row', 'wider'), seed, (rows, columns, kind, drawn) => {
      const width = { matrix: columns, row: 0, wider: columns + 3 }[kind];
      const [a, b] = [random(drawn, rows * columns), random(drawn + 1, rows * (columns + 3))];
      guard();
      put(A, a);
      put(B, b);
      kernels.add(A, B, OUT, rows, columns, 4 * width);
      const wanted = a.map((value, at) => value + b[Math.floor(at / columns) * width + (at % columns)]!);
      const { values, behind } = result(rows * columns);
      expect(values).toEqual([...wanted]);
      expect(new Set(behind)).toEqual(new Set([GUARD]));
    }),
  );
});

test('scale and relu', () => {
  const a = random(3, 12);
  put(A, a);
  kernels.scale(A, 2.5, OUT, 12);
  expect(result(12).values).toEqual(Array.from(a, (value) => Math.fround(value * 2.5)));
  kernels.relu(A, OUT, 12);
  expect(result(12).values).toEqual(Array.from(a, (value) => Math.max(0, value)));
  expect(a.some((value) => value < 0) && a.some((value) => value > 0)).toBe(true);
});

test('normalise', () => {
  fc.assert(
    fc.property(size(4), size(5), seed, (rows, fours, drawn) => {
      const columns = 4 * fours;
      const [a, gamma, beta] = [random(drawn, rows * columns), random(drawn + 1, columns), random(drawn + 2, columns)];
      guard();
      put(A, a);
      put(B, gamma);
      put(C, beta);
      kernels.normalise(A, B, C, OUT, rows, columns, 0.01);
      const wanted = Array.from({ length: rows }, (_, row) => {
        const values = [...a.subarray(row * columns, (row + 1) * columns)];
        const mean = values.reduce((sum, value) => sum + value) / columns;
        const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / columns;
        return values.map((value, d) => ((value - mean) / Math.sqrt(variance + 0.01)) * gamma[d]! + beta[d]!);
      }).flat();
      const { values, behind } = result(rows * columns);
      expectNear(values, wanted);
      expect(new Set(behind)).toEqual(new Set([GUARD]));
    }),
  );
});

test('softmax, of logits near and far from each other', () => {
  fc.assert(
    fc.property(size(4), size(13), fc.constantFrom(1, 30, 1e9), seed, (rows, columns, spread, drawn) => {
      const a = random(drawn, rows * columns).map((value) => value * spread);
      guard();
      put(A, a);
      kernels.softmax(A, OUT, rows, columns);
      const wanted = Array.from({ length: rows }, (_, row) => {
        const values = [...a.subarray(row * columns, (row + 1) * columns)];
        const most = Math.max(...values);
        const powers = values.map((value) => Math.exp(value - most));
        const sum = powers.reduce((total, power) => total + power);
        return powers.map((power) => power / sum);
      }).flat();
      const { values, behind } = result(rows * columns);
      expectNear(values, wanted, 1e-6);
      expect(new Set(behind)).toEqual(new Set([GUARD]));
    }),
  );
});

test('what is not a number shows in every result', () => {
  put(A, [1, NaN, -1, 2, 1, 2, 3, 4]);
  put(B, new Float32Array(32).fill(1));
  kernels.softmax(A, OUT, 1, 8);
  expect(result(8).values.every(Number.isNaN)).toBe(true);
  kernels.normalise(A, B, B, OUT, 1, 8, 0.01);
  expect(result(8).values.every(Number.isNaN)).toBe(true);
  kernels.product(A, B, OUT, 1, 4, 8);
  expect(result(8).values.every(Number.isNaN)).toBe(true);
  kernels.relu(A, OUT, 4);
  expect(result(4).values).toEqual([1, NaN, 0, 2]);
});
