import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { beta, normal, seededRandom, shuffle } from '../../../src/kernel/random.ts';

const take = (count: number, next: () => number) => Array.from({ length: count }, next);
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('seeded numbers', () => {
  test('depend on the seed alone and do not change between versions', () => {
    expect(take(3, seededRandom(1))).toEqual([0.6270739405881613, 0.002735721180215478, 0.5274470399599522]);
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (seed, other) => {
        expect(take(5, seededRandom(seed))).toEqual(take(5, seededRandom(seed)));
        if (seed >>> 0 !== other >>> 0) expect(take(5, seededRandom(seed))).not.toEqual(take(5, seededRandom(other)));
      }),
    );
  });

  test('are spread evenly over [0, 1)', () => {
    const values = take(20_000, seededRandom(3));
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
    const tenths = Array.from({ length: 10 }, (_, tenth) => values.filter((value) => Math.floor(value * 10) === tenth).length);
    for (const count of tenths) expect(Math.abs(count - 2000)).toBeLessThan(200);
  });

  test('make normal ones with mean 0 and deviation 1', () => {
    const random = seededRandom(4);
    const values = take(20_000, () => normal(random));
    expect(Math.abs(mean(values))).toBeLessThan(0.03);
    expect(Math.abs(mean(values.map((value) => value * value)) - 1)).toBeLessThan(0.03);
    expect(Math.abs(values.filter((value) => Math.abs(value) > 2).length / values.length - 0.0455)).toBeLessThan(0.005);
  });
});

describe('shuffling', () => {
  test('moves what is asked and nothing else', () => {
    fc.assert(
      fc.property(fc.nat(30), fc.nat(30), fc.nat(30), fc.nat(), (length, a, b, seed) => {
        const [from, to] = [Math.min(a, b, length), Math.min(Math.max(a, b), length)];
        const values = Array.from({ length }, (_, at) => at);
        shuffle(values, seededRandom(seed), from, to);
        expect(values.slice(0, from)).toEqual(Array.from({ length: from }, (_, at) => at));
        expect(values.slice(to)).toEqual(Array.from({ length: length - to }, (_, at) => to + at));
        expect(values.slice(from, to).sort((x, y) => x - y)).toEqual(Array.from({ length: to - from }, (_, at) => from + at));
      }),
    );
  });

  test('makes every order about equally likely', () => {
    const random = seededRandom(5);
    const counts = new Map<string, number>();
    for (let round = 0; round < 6000; round++) {
      const values = ['a', 'b', 'c'];
      shuffle(values, random);
      counts.set(values.join(''), (counts.get(values.join('')) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });
});

test.for([
  [1, 1],
  [1, 19],
  [81, 939],
  [3, 2],
] as const)('beta numbers of shapes %d and %d have its mean and deviation', ([a, b]) => {
  const random = seededRandom(6);
  const values = take(20_000, () => beta(a, b, random));
  const expected = a / (a + b);
  const deviation = Math.sqrt((a * b) / ((a + b) ** 2 * (a + b + 1)));
  expect(values.every((value) => value >= 0 && value <= 1)).toBe(true);
  expect(Math.abs(mean(values) - expected)).toBeLessThan(0.03 * deviation);
  expect(Math.sqrt(mean(values.map((value) => (value - expected) ** 2))) / deviation).toBeCloseTo(1, 1);
});
