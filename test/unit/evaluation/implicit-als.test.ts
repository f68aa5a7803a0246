import { describe, expect, test } from 'vitest';
import { dot, fitImplicitAls } from '../../../src/evaluation/implicit-als.ts';
import { seededRandom } from '../../../src/kernel/random.ts';

/** Three groups of users and of ten items each: a user touches four items of the group. */
const GROUP = 10;
const random = seededRandom(4);
const sets = Array.from({ length: 90 }, (_, user) => {
  const items = new Set<number>();
  while (items.size < 4) items.add((user % 3) * GROUP + Math.floor(random() * GROUP));
  return [...items];
});
const OPTIONS = { dims: 3, regularisation: 0.01, unobserved: 0.1, rounds: 10, seed: 1 };

describe('implicit ALS', () => {
  const { items, foldIn, dims } = fitImplicitAls(sets, 3 * GROUP, OPTIONS);
  const scoresOf = (rows: readonly number[]) => Array.from({ length: 3 * GROUP }, (_, row) => dot(items, row * dims, foldIn(rows), dims));

  test('finds planted groups, also for a history it has not seen', () => {
    for (const group of [0, 1, 2]) {
      const scores = scoresOf([group * GROUP, group * GROUP + 1]);
      const own = (row: number) => Math.floor(row / GROUP) === group;
      const least = Math.min(...scores.filter((_, row) => own(row)));
      expect(least).toBeGreaterThan(Math.max(...scores.filter((_, row) => !own(row))) + 0.1);
    }
  });

  test('gives a user the vector that its loss is least for', () => {
    const rows = [2, 5, 17];
    const lossOf = (user: Float32Array) => {
      const products = Array.from({ length: 3 * GROUP }, (_, row) => dot(items, row * dims, user, dims));
      const observed = rows.reduce((sum, row) => sum + (1 - products[row]!) ** 2, 0);
      const unobserved = OPTIONS.unobserved * products.reduce((sum, product) => sum + product ** 2, 0);
      return observed + unobserved + OPTIONS.regularisation * (rows.length + OPTIONS.unobserved * 3 * GROUP) * dot(user, 0, user, dims);
    };
    const user = foldIn(rows);
    const least = lossOf(user);
    for (let d = 0; d < dims; d++) {
      for (const step of [-0.01, 0.01]) expect(lossOf(user.map((value, at) => (at === d ? value + step : value)))).toBeGreaterThan(least);
    }
  });

  test('depends on the seed alone', () => {
    expect(fitImplicitAls(sets, 3 * GROUP, OPTIONS).items).toEqual(items);
    expect(fitImplicitAls(sets, 3 * GROUP, { ...OPTIONS, seed: 2 }).items).not.toEqual(items);
  });
});
