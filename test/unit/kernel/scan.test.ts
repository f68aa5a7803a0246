import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assemble } from '../../../scripts/assemble.ts';
import { readKernelSource } from '../../../scripts/build-kernels.ts';
import { dequantizeRow, firstRows, LongerMatrix, quantizeRows, ROW_BYTES, type QuantizedMatrix } from '../../../src/kernel/quantize.ts';
import { normal, seededRandom, type Random } from '../../../src/kernel/random.ts';
import { createScanner, type Scanner } from '../../../src/kernel/scan.ts';
import { TopK } from '../../../src/kernel/topk.ts';
import { SCAN } from '../../fixtures/scan.ts';

test('scan.wasm is what scan.wat assembles to', async () => {
  const stored = await readFile(new URL('../../../src/kernel/scan.wasm', import.meta.url));
  expect(Buffer.from(await assemble(await readKernelSource('scan'))).equals(stored)).toBe(true);
});

/** The score of every row by the book: the query rounded to 15 bits, one row after the other. */
function naiveScores({ codes, scales, dims, count }: QuantizedMatrix, query: Float32Array): number[] {
  const scaled = Array.from({ length: dims }, (_, d) => Math.fround(query[d]! * scales[d]!));
  const step = Math.max(0, ...scaled.map(Math.abs)) / 16_383 || 1;
  const rounded = scaled.map((value) => Math.round(value / step));
  return Array.from({ length: count }, (_, row) => step * rounded.reduce((sum, value, d) => sum + value * codes[row * ROW_BYTES + d]!, 0));
}

/** `normal` fills the range; `few` takes three values, so that most scores are ties. */
const KINDS = { normal, few: (random: Random) => Math.floor(random() * 3) - 1 };
const CASE = fc.record({
  // The rows are read four at a time.
  count: fc.oneof(fc.constantFrom(0, 1, 2, 3, 4, 5), fc.nat(1200)),
  dims: fc.integer({ min: 1, max: ROW_BYTES }),
  k: fc.oneof(fc.nat(20), fc.nat(1500)),
  kind: fc.constantFrom(...(['normal', 'few'] as const)),
  permittedShare: fc.constantFrom(undefined, 0, 0.02, 0.5, 1),
  seed: fc.nat(),
});

describe('the scan', () => {
  test('finds what going through every row finds, in the order of the heap in TypeScript', () => {
    fc.assert(
      fc.property(CASE, ({ count, dims, k, kind, permittedShare, seed }) => {
        const random = seededRandom(seed);
        const matrix = quantizeRows(floats(count * dims, random, kind), count, dims);
        const scanner = createScanner(SCAN, matrix);
        const permitted = permittedShare === undefined ? undefined : Uint8Array.from({ length: count }, () => +(random() < permittedShare));
        for (let queries = 0; queries < 2; queries++) {
          const query = floats(dims, random, kind);
          const found = [...scanner.nearest(query, k, permitted)];
          const scores = naiveScores(matrix, query);
          const best = scores.filter((_, row) => permitted?.[row] !== 0).sort((a, b) => b - a);
          expect(found.map((row) => scores[row]!).sort((a, b) => b - a)).toEqual(best.slice(0, k));
          const heap = new TopK(Math.min(k, count));
          scores.forEach((score, row) => permitted?.[row] !== 0 && heap.offer(score, row));
          expect(found).toEqual([...heap.unordered()]);
          expect(found.every((row) => permitted?.[row] !== 0)).toBe(true);
          expect([...scanner.nearest(query, k, permitted)]).toEqual(found);
        }
      }),
      { numRuns: 150 },
    );
  });

  test('takes every row that keeps getting better', () => {
    const count = 3000;
    const matrix = quantizeRows(
      Float32Array.from({ length: count }, (_, row) => row),
      count,
      1,
    );
    expect(new Set(createScanner(SCAN, matrix).nearest(new Float32Array([1]), count)).size).toBe(count);
  });

  test.each([8064, 8065])('finds as many as its heap holds and refuses more: %i', (k) => {
    const scanner = createScanner(SCAN, quantizeRows(floats(k, seededRandom(1), 'normal'), k, 1));
    const asking = () => scanner.nearest(new Float32Array([1]), k).length;
    if (k === 8064) expect(asking()).toBe(k);
    else expect(asking).toThrow('8065 rows are asked for; the scan finds at most 8064');
  });

  test.each([0, 1, 10])('%i asked for of nothing is nothing', (k) => {
    expect(createScanner(SCAN, quantizeRows(new Float32Array(), 0, 4)).nearest(new Float32Array(4).fill(1), k)).toHaveLength(0);
  });

  test('the largest numbers there are do not overflow', () => {
    const signs = [1, -1, -1, -1, 1];
    const values = Float32Array.from({ length: signs.length * ROW_BYTES }, (_, at) => 1e15 * signs[Math.floor(at / ROW_BYTES)]!);
    const scanner = createScanner(SCAN, quantizeRows(values, signs.length, ROW_BYTES));
    for (const size of [1e15, -1e15, 1e-30]) {
      const best = signs.flatMap((sign, row) => (sign * size > 0 ? [row] : []));
      expect(new Set(scanner.nearest(new Float32Array(ROW_BYTES).fill(size), best.length))).toEqual(new Set(best));
    }
  });

  test('a query of zeros is as near to one row as to another', () => {
    const scanner = createScanner(SCAN, quantizeRows(floats(40, seededRandom(1), 'normal'), 10, 4));
    expect(new Set(scanner.nearest(new Float32Array(4), 3))).toEqual(new Set([0, 1, 2]));
  });

  test('finds 97 of 100 of what full precision finds', () => {
    const { count, dims, clusters, k } = { count: 6000, dims: 64, clusters: 40, k: 200 };
    const random = seededRandom(7);
    const centres = floats(clusters * dims, random, 'normal');
    const near = (cluster: number) => Float32Array.from({ length: dims }, (_, d) => centres[cluster * dims + d]! + 0.5 * normal(random));
    const values = new Float32Array(count * dims);
    for (let row = 0; row < count; row++) values.set(near(row % clusters), row * dims);
    const scanner = createScanner(SCAN, quantizeRows(values, count, dims));
    let found = 0;
    for (let cluster = 0; cluster < clusters; cluster++) {
      const query = near(cluster);
      const exact = Array.from({ length: count }, (_, row) => ({ row, score: dot(query, values.subarray(row * dims, (row + 1) * dims)) }))
        .sort((a, b) => b.score - a.score)
        .slice(0, k);
      const rows = new Set(scanner.nearest(query, k));
      found += exact.filter(({ row }) => rows.has(row)).length;
    }
    expect(found / (clusters * k)).toBeGreaterThanOrEqual(0.97);
  });
});

describe('a scanner over more rows', () => {
  const DIMS = 5;
  const random = seededRandom(3);
  const whole = quantizeRows(floats(60 * DIMS, random, 'normal'), 60, DIMS);
  const query = floats(DIMS, random, 'normal');
  const codesFrom = (from: number, to: number) => whole.codes.slice(from * ROW_BYTES, to * ROW_BYTES);
  const same = (scanner: Scanner | undefined, matrix: QuantizedMatrix) => {
    const fresh = createScanner(SCAN, matrix);
    expect([...scanner!.nearest(query, 9)]).toEqual([...fresh.nearest(query, 9)]);
    const rows = Int32Array.from({ length: matrix.count }, (_, row) => row);
    expect(scanner!.products(query, rows)).toEqual(fresh.products(query, rows));
    expect({ ...scanner!.matrix }).toEqual({ count: matrix.count, dims: DIMS, scales: matrix.scales, codes: matrix.codes });
  };

  test('has them in the same memory, and the one before goes on over its own', () => {
    const first = createScanner(SCAN, firstRows(whole, 41));
    const longer = first.over(new LongerMatrix(first.matrix, codesFrom(41, 50)))!;
    const longest = longer.over(new LongerMatrix(first.matrix, codesFrom(41, 60)))!;
    for (const [scanner, count] of [
      [first, 41],
      [longer, 50],
      [longest, 60],
    ] as const) {
      expect(scanner.matrix.codes.buffer).toBe(first.matrix.codes.buffer);
      same(scanner, firstRows(whole, count));
    }
    expect(longest.over(longest.matrix)).toBe(longest);
    same(longest.over(firstRows(longest.matrix, 41)), firstRows(whole, 41)); // without them again
  });

  test('is none where other rows stand there', () => {
    const first = createScanner(SCAN, firstRows(whole, 41));
    const longer = first.over(new LongerMatrix(first.matrix, codesFrom(41, 50)))!;
    expect(first.over(new LongerMatrix(first.matrix, codesFrom(42, 51)))).toBeUndefined();
    expect(first.over({ ...whole, count: 19, codes: codesFrom(41, 60) })).toBeUndefined();
    same(longer, firstRows(whole, 50));
  });

  test('is none where there is no room', () => {
    const first = createScanner(SCAN, firstRows(whole, 40));
    const more = (count: number) => first.over(new LongerMatrix(first.matrix, new Int8Array(count * ROW_BYTES)));
    expect(more(4_097)).toBeUndefined();
    expect(more(4_096)!.matrix.count).toBe(4_136);
  });

  test('is made in a memory of its own of rows behind those of another', () => {
    const first = createScanner(SCAN, firstRows(whole, 41));
    same(createScanner(SCAN, new LongerMatrix(first.matrix, codesFrom(41, 60))), whole);
    same(createScanner(SCAN, new LongerMatrix(firstRows(whole, 41), codesFrom(41, 60))), whole);
  });
});

test('products are those of the rows that are asked for, in their order, however many', () => {
  const LIST_CAPACITY = 16_128; // as it has it
  fc.assert(
    fc.property(CASE, fc.constantFrom(0, 1, 30, LIST_CAPACITY, LIST_CAPACITY + 1), ({ count, dims, kind, seed }, asked) => {
      const random = seededRandom(seed);
      const matrix = quantizeRows(floats(count * dims, random, kind), count, dims);
      const query = floats(dims, random, 'normal');
      const scanner = createScanner(SCAN, matrix);
      scanner.nearest(query, 3); // shares the memory
      const rows = Int32Array.from({ length: count === 0 ? 0 : asked }, () => Math.floor(random() * count));
      const products = scanner.products(query, rows);
      expect(products).toHaveLength(rows.length);
      const row = new Float32Array(dims);
      for (let at = 0; at < rows.length; at += 1 + Math.floor(random() * 500)) {
        dequantizeRow(matrix, rows[at]!, row, 0);
        const size = row.reduce((sum, value, d) => sum + Math.abs(value * query[d]!), 0);
        expect(Math.abs(products[at]! - dot(row, query))).toBeLessThanOrEqual(2e-6 * size);
      }
    }),
    { numRuns: 50 },
  );
});

function floats(length: number, random: Random, kind: keyof typeof KINDS): Float32Array {
  return Float32Array.from({ length }, () => KINDS[kind](random));
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, d) => sum + value * b[d]!, 0);
}
