import { describe, expect, test } from 'vitest';
import { countShown, coverage, diversity, gini, novelty } from '../../../src/evaluation/catalogue-metrics.ts';
import { sequencesOf } from '../../fixtures/sequences.ts';

describe('coverage and Gini', () => {
  test('count what is shown', () => {
    const shown = countShown([[0, 1], [1, 2], [1]], 5);
    expect([...shown]).toEqual([1, 3, 1, 0, 0]);
    expect(coverage(shown)).toBe(0.6);
  });

  test('by hand', () => {
    expect(gini(Int32Array.of(2, 2, 2, 2))).toBe(0);
    // All places to one of four: (2·4 − 4 − 1)·8 / (4·8).
    expect(gini(Int32Array.of(0, 8, 0, 0))).toBe(0.75);
    // 0 1 1 3 in order: (−3·0 − 1·1 + 1·1 + 3·3) / (4·5).
    expect(gini(Int32Array.of(1, 0, 3, 1))).toBeCloseTo(9 / 20, 12);
  });
});

describe('novelty', () => {
  test('is the mean of −log₂ of the share, of lists and then over lists', () => {
    const popularity = Float32Array.of(4, 2, 1, 1, 0);
    expect(novelty([[0]], popularity)).toBe(1);
    expect(novelty([[0, 1], [2]], popularity)).toBe((1.5 + 3) / 2);
    // What nobody touched counts as touched once; empty lists say nothing.
    expect(novelty([[4], []], popularity)).toBe(3);
  });
});

describe('diversity', () => {
  // Users of 0: u v; of 1: u v (u twice); of 2: u; of 3: w; of 4: nobody.
  const sequences = sequencesOf(5, [[0, 1, 1, 2], [1, 0], [3]]);
  test('is 1 − the mean cosine of sets of users', () => {
    expect(diversity([[0, 1]], sequences)).toBe(0);
    expect(diversity([[0, 2]], sequences)).toBeCloseTo(1 - 1 / Math.SQRT2, 12);
    expect(diversity([[0, 3]], sequences)).toBe(1);
    expect(diversity([[0, 4]], sequences)).toBe(1);
    // Three pairs: 1, 1/√2, 1/√2.
    expect(diversity([[0, 1, 2]], sequences)).toBeCloseTo(1 - (1 + Math.SQRT2) / 3, 12);
    expect(
      diversity(
        [
          [0, 1],
          [0, 3],
        ],
        sequences,
      ),
    ).toBe(0.5);
  });
});
