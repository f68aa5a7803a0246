import { describe, expect, test } from 'vitest';
import { compareMeans, intervalOf, resampleMeans } from '../../../src/evaluation/bootstrap.ts';
import { normal, seededRandom, type Random } from '../../../src/kernel/random.ts';

const CASES = 400;
const column = (value: () => number) => Float64Array.from({ length: CASES }, value);
const meanOf = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;

function compare(a: Float64Array, b: Float64Array, random: Random) {
  const [ofA, ofB] = resampleMeans([a, b], random);
  return compareMeans(meanOf(a) - meanOf(b), ofA!, ofB!);
}

describe('an interval', () => {
  test('covers the mean about as often as it says, and is as wide as theory says', () => {
    const truth = 0.3;
    let covered = 0;
    for (let seed = 0; seed < 100; seed++) {
      const random = seededRandom(seed);
      const [low, high] = intervalOf(resampleMeans([column(() => Number(random() < truth))], random)[0]!);
      covered += Number(low <= truth && truth <= high);
      expect(high - low).toBeGreaterThan(0.7 * 2 * 1.96 * Math.sqrt((truth * (1 - truth)) / CASES));
      expect(high - low).toBeLessThan(1.3 * 2 * 1.96 * Math.sqrt((truth * (1 - truth)) / CASES));
    }
    expect(covered).toBeGreaterThanOrEqual(88);
    expect(covered).toBeLessThan(100);
  });

  test('depends on the seed alone', () => {
    const values = column(seededRandom(1));
    const by = (seed: number) => resampleMeans([values], seededRandom(seed))[0]!;
    expect(by(1)).toEqual(by(1));
    expect(by(1)).not.toEqual(by(2));
  });
});

describe('a comparison', () => {
  test('sees a small difference that every case has, however much the cases differ', () => {
    const random = seededRandom(1);
    const b = column(() => 5 * normal(random));
    const a = b.map((value) => value + 0.05 + 0.1 * normal(random));
    const { difference, interval, p } = compare(a, b, random);
    expect(p).toBeLessThan(0.01);
    expect(interval[0]).toBeGreaterThan(0);
    expect(difference).toBeGreaterThan(interval[0]);
    expect(difference).toBeLessThan(interval[1]);
    expect(compare(b, a, random)).toMatchObject({ difference: -difference });
    expect(compare(b, a, random).p).toBeLessThan(0.01);
  });

  test('takes noise for noise about as often as it should', () => {
    let found = 0;
    for (let seed = 0; seed < 100; seed++) {
      const random = seededRandom(seed);
      found += Number(
        compare(
          column(() => normal(random)),
          column(() => normal(random)),
          random,
        ).p < 0.05,
      );
    }
    expect(found).toBeLessThanOrEqual(12);
  });

  test('of a method with itself finds nothing', () => {
    const values = column(seededRandom(1));
    expect(compare(values, values, seededRandom(2))).toEqual({ difference: 0, interval: [0, 0], p: 1 });
  });
});
