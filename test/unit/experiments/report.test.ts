import { describe, expect, test } from 'vitest';
import type { Experiment } from '../../../src/experiments/experiment.ts';
import { reportOn, type VariantSums } from '../../../src/experiments/report.ts';
import { testSequentially } from '../../../src/experiments/sequential.ts';
import { seededRandom } from '../../../src/kernel/random.ts';

const EXPERIMENT: Experiment<object> = {
  id: 'e',
  on: true,
  scenario: 'home',
  traffic: 1,
  variants: ['a', 'b'].map((name) => ({ name, share: 1, overrides: {} })),
};

const sums = (variant: string, users: number, clicked: number): VariantSums => ({
  variant,
  users,
  clicked,
  bought: 0,
  impressions: 10 * users,
  clicks: clicked,
});

describe('the sequential test', () => {
  /** Shares of clicks of two groups, looked at after every 100 users of each; whether it was ever sure. */
  const everSure = (share: number, other: number, seed: number) => {
    const random = seededRandom(seed);
    let [clicked, control] = [0, 0];
    for (let users = 1; users <= 5_000; users++) {
      clicked += Number(random() < share);
      control += Number(random() < other);
      if (users % 100 > 0) continue;
      const { clickedShare } = reportOn(EXPERIMENT, [sums('a', users, control), sums('b', users, clicked)]).comparisons[0]!;
      expect(clickedShare.p < 0.05).toBe(clickedShare.interval[0] > 0 || clickedShare.interval[1] < 0);
      if (clickedShare.p < 0.05) return true;
    }
    return false;
  };
  const timesSure = (share: number, other: number) =>
    Array.from({ length: 200 }, (_, seed) => everSure(share, other, seed)).filter(Boolean).length;

  test('looked at fifty times, it is wrong in at most one of twenty', () => {
    expect(timesSure(0.1, 0.1)).toBeLessThanOrEqual(10);
  });

  test('it finds a difference that is there', () => {
    expect(timesSure(0.15, 0.1)).toBeGreaterThan(190);
  });

  test('of nothing it knows nothing', () => {
    expect(testSequentially(0, 0)).toEqual({ difference: 0, interval: [-1, 1], p: 1 });
  });
});

describe('the report', () => {
  test('has every variant, the first as control', () => {
    const { variants, comparisons } = reportOn(EXPERIMENT, [sums('b', 400, 40), sums('gone', 9, 9)]);
    expect(variants.map(({ variant, users }) => [variant, users])).toEqual([
      ['a', 0],
      ['b', 400],
    ]);
    expect(variants[1]!.clickedShare.value).toBe(0.1);
    expect(variants[1]!.clickedShare.interval).toEqual([expect.closeTo(0.0744, 3), expect.closeTo(0.1332, 3)]);
    expect(comparisons).toEqual([
      { variant: 'b', control: 'a', clickedShare: testSequentially(0, 0), boughtShare: testSequentially(0, 0) },
    ]);
  });

  test.each([
    [1_000, 1_000, 1, false],
    [1_000, 1_060, 0.186, false],
    [1_000, 1_200, 0.00002, true],
  ])('%i and %i users in halves: p %f', (a, b, p, suspect) => {
    const { ratio } = reportOn(EXPERIMENT, [sums('a', a, 0), sums('b', b, 0)]);
    expect(ratio.p).toBeCloseTo(p, 1);
    expect(ratio.suspect).toBe(suspect);
  });
});
