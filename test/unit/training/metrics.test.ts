import { describe, expect, test } from 'vitest';
import { ndcgAt, recallAt, reciprocalRank } from '../../../src/training/metrics.ts';

describe('recall', () => {
  test('is the share of targets among the first', () => {
    expect(recallAt(10, [0], 1)).toBe(1);
    expect(recallAt(10, [9], 1)).toBe(1);
    expect(recallAt(10, [10], 1)).toBe(0);
    expect(recallAt(10, [], 1)).toBe(0);
    expect(recallAt(3, [0, 2, 3], 4)).toBe(0.5);
  });
});

describe('NDCG', () => {
  test('is 1 / log₂(rank + 2) for one target', () => {
    expect(ndcgAt(10, [0], 1)).toBe(1);
    expect(ndcgAt(10, [2], 1)).toBe(0.5);
    expect(ndcgAt(10, [9], 1)).toBeCloseTo(0.28906, 5);
    expect(ndcgAt(10, [10], 1)).toBe(0);
    expect(ndcgAt(10, [Infinity], 1)).toBe(0);
  });

  test('is a share of the best there could be for several', () => {
    // At the first and the third place of three: (1 + 1/2) / (1 + 1/log₂3 + 1/2).
    expect(ndcgAt(10, [2, 0], 3)).toBeCloseTo(1.5 / (1.5 + 1 / Math.log2(3)), 10);
    expect(ndcgAt(10, [0, 1, 2], 3)).toBeCloseTo(1, 10);
    // Only two of five have room.
    expect(ndcgAt(2, [1, 0, 2, 3, 4], 5)).toBeCloseTo(1, 10);
    expect(ndcgAt(2, [1], 5)).toBeCloseTo(1 / Math.log2(3) / (1 + 1 / Math.log2(3)), 10);
  });
});

test('the reciprocal rank is that of the first target', () => {
  expect(reciprocalRank([0])).toBe(1);
  expect(reciprocalRank([7, 3, 9])).toBe(0.25);
  expect(reciprocalRank([])).toBe(0);
});
