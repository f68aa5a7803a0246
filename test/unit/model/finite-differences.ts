import { expect } from 'vitest';

/** Central differences of a loss by each of `at` (all, if absent) entries of `values`, which are left as they were. */
export async function finiteDifferences(
  values: Float32Array | BigInt64Array,
  lossOf: () => Promise<number>,
  { at, step = 0.01 }: { at?: readonly number[]; step?: number } = {},
): Promise<number[]> {
  if (!(values instanceof Float32Array)) throw new TypeError('only real numbers can be moved a little');
  const slopes: number[] = [];
  for (const index of at ?? values.keys()) {
    const before = values[index]!;
    const [up, down] = [Math.fround(before + step), Math.fround(before - step)];
    values[index] = up;
    const above = await lossOf();
    values[index] = down;
    const below = await lossOf();
    values[index] = before;
    slopes.push((above - below) / (up - down));
  }
  return slopes;
}

/** Every entry is within a hundredth of the largest; a gradient that is nothing but zeros proves nothing. */
export function expectSameGradient(gradient: ArrayLike<number>, slopes: readonly number[], name = 'gradient'): void {
  expect(gradient).toHaveLength(slopes.length);
  const largest = Math.max(...slopes.map(Math.abs));
  expect(largest, name).toBeGreaterThan(1e-3);
  const worst = slopes.reduce((sofar, slope, at) => Math.max(sofar, Math.abs(gradient[at]! - slope)), 0);
  expect(worst / largest, name).toBeLessThan(1e-2);
}
