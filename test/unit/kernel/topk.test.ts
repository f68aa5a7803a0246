import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TopK } from '../../../src/kernel/topk.ts';

const offers = (scores: readonly number[], k: number) => {
  const best = new TopK(k);
  scores.forEach((score, row) => best.offer(score, row));
  return best;
};

describe('the k best', () => {
  test('are those that sorting everything puts first; of equal scores, those offered first, in that order', () => {
    // Few distinct scores, so that most of the work is ties; no -0, which sorting does not tell from 0.
    const scores = fc.array(
      fc.oneof(
        fc.integer({ min: -2, max: 2 }),
        fc.double({ noNaN: true, noDefaultInfinity: true }).map((score) => score + 0),
      ),
      {
        maxLength: 80,
      },
    );
    fc.assert(
      fc.property(scores, fc.nat(90), (all, k) => {
        const wanted = all
          .map((score, row) => ({ row, score }))
          .sort((a, b) => b.score - a.score) // stable: of equal scores the one offered first comes first
          .slice(0, k);
        expect(offers(all, k).drain()).toEqual(wanted);
        expect([...offers(all, k).unordered()].sort((a, b) => a - b)).toEqual(wanted.map(({ row }) => row).sort((a, b) => a - b));
      }),
      { numRuns: 500 },
    );
  });

  test('let nothing in below the threshold', () => {
    const best = offers([3, 1, 2], 2);
    expect(best.threshold).toBe(2);
    best.offer(2, 9);
    expect(best.threshold).toBe(2);
    best.offer(2.5, 9);
    expect([...best.unordered()].sort((a, b) => a - b)).toEqual([0, 9]);
  });

  test('anything enters while there is room, nothing where there is none', () => {
    expect(offers([], 3).threshold).toBe(-Infinity);
    expect(offers([-1e300], 3).drain()).toEqual([{ row: 0, score: -1e300 }]);
    expect(offers([1], 0).threshold).toBe(Infinity);
    expect(offers([1], 0).drain()).toEqual([]);
  });
});
