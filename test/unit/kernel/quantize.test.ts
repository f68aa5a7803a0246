import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dequantizeRow, quantizeRows, ROW_BYTES } from '../../../src/kernel/quantize.ts';

const MATRIX = fc
  .record({
    dims: fc.integer({ min: 1, max: ROW_BYTES }),
    count: fc.nat(6),
    zeroColumn: fc.nat(ROW_BYTES),
    exponent: fc.integer({ min: -25, max: 25 }),
  })
  .chain(({ dims, count, zeroColumn, exponent }) =>
    fc.array(fc.integer({ min: -1e6, max: 1e6 }), { minLength: dims * count, maxLength: dims * count }).map((values) => ({
      dims,
      count,
      values: Float32Array.from(values, (v, at) => (at % dims === zeroColumn ? 0 : v * 10 ** (exponent - 6))),
    })),
  );

describe('a quantised matrix', () => {
  test('is off by half a scale at most, in every entry', () => {
    fc.assert(
      fc.property(MATRIX, ({ values, count, dims }) => {
        const matrix = quantizeRows(values, count, dims);
        const row = new Float32Array(dims);
        for (let at = 0; at < count; at++) {
          dequantizeRow(matrix, at, row, 0);
          for (let d = 0; d < dims; d++) {
            const scale = matrix.scales[d]!;
            expect(Math.abs(row[d]! - values[at * dims + d]!)).toBeLessThanOrEqual(0.5001 * scale);
            expect(scale).toBeLessThanOrEqual(Math.max(...column(values, d, dims)) / 126.99);
          }
        }
      }),
    );
  });

  test('keeps zeros zero and the rest of a row empty', () => {
    const { codes, scales } = quantizeRows(new Float32Array([0, 2, 0, -4]), 2, 2);
    expect(scales).toEqual(new Float32Array([0, 4 / 127]));
    expect([...codes.subarray(0, 2)]).toEqual([0, 64]);
    expect([...codes.subarray(ROW_BYTES, ROW_BYTES + 2)]).toEqual([0, -127]);
    expect(codes.length).toBe(2 * ROW_BYTES);
    expect(codes.filter((code) => code !== 0)).toHaveLength(2);
  });

  test('takes 64 dimensions and not 65', () => {
    expect(quantizeRows(new Float32Array(ROW_BYTES).fill(1), 1, ROW_BYTES).codes[ROW_BYTES - 1]).toBe(127);
    expect(() => quantizeRows(new Float32Array(ROW_BYTES + 1), 1, ROW_BYTES + 1)).toThrow(RangeError);
  });

  test.each([NaN, Infinity, -Infinity])('does not take %s', (value) => {
    expect(() => quantizeRows(new Float32Array([1, value, 2, 3]), 2, 2)).toThrow(RangeError);
  });
});

/** The magnitudes in one column. */
function column(values: Float32Array, d: number, dims: number): number[] {
  return Array.from(values.filter((_, at) => at % dims === d)).map(Math.abs);
}
