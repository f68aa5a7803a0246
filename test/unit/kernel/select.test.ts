import fc from 'fast-check';
import { expect, test } from 'vitest';
import { selectTop } from '../../../src/kernel/select.ts';

/** Few different scores, so that many are equal. */
const SCORES = fc.array(
  fc.integer({ min: -4, max: 4 }).map((n) => n / 4),
  { maxLength: 60 },
);

test('selects what sorting would put first, of equals the first, and leaves the scores as they are', () => {
  fc.assert(
    fc.property(SCORES, fc.nat(70), (scores, k) => {
      const best = [...scores.keys()].toSorted((a, b) => scores[b]! - scores[a]!).slice(0, k);
      const given = Float32Array.from(scores);
      expect([...selectTop(given, k)]).toEqual(best.sort((a, b) => a - b));
      expect([...given]).toEqual(scores);
    }),
  );
});

test('selects out of more than are compared one by one, of any sign and size', () => {
  const float = fc.oneof(fc.float({ noNaN: true }), fc.constantFrom(0, -0, 1, -1, Infinity, -Infinity, 1.5, 1.5000001));
  fc.assert(
    fc.property(fc.array(float, { minLength: 65, maxLength: 300 }), fc.nat(310), (scores, k) => {
      const given = Float32Array.from(scores);
      const best = [...given.keys()].toSorted((a, b) => (given[a] === given[b] ? a - b : given[b]! > given[a]! ? 1 : -1)).slice(0, k);
      expect([...selectTop(given, k)]).toEqual(best.sort((a, b) => a - b));
    }),
  );
});

test('takes 0 and -0 for equals', () => {
  const scores = Float32Array.from({ length: 72 }, (_, at) => (at === 62 ? -0 : at === 68 ? -Infinity : 0));
  expect([...selectTop(scores, 68)]).toEqual([...scores.keys()].filter((at) => at < 69 && at !== 68));
  expect([...selectTop(scores, 71)]).toEqual([...scores.keys()].filter((at) => at !== 68));
});

test('never takes what is not a number', () => {
  expect([...selectTop(Float32Array.of(NaN, 2, 1), 3)]).toEqual([1, 2]);
  expect(selectTop(Float32Array.of(3, NaN, 2, NaN, 1), 2)).not.toContain(1);
  const many = Float32Array.from({ length: 500 }, (_, at) => (at % 10 === 0 ? NaN : at));
  const taken = selectTop(many, 100);
  expect(taken.some((at) => at % 10 === 0)).toBe(false);
  expect(taken.length).toBeGreaterThanOrEqual(50);
});

test.each([
  ['rising', (at: number) => at],
  ['falling', (at: number) => -at],
  ['all equal', () => 1],
])('selects out of many scores that are %s', (_, scoreOf) => {
  const scores = Float32Array.from({ length: 5_000 }, (__, at) => scoreOf(at));
  const wanted = [...scores.keys()].toSorted((a, b) => scores[b]! - scores[a]!).slice(0, 120);
  expect([...selectTop(scores, 120)]).toEqual(wanted.sort((a, b) => a - b));
});
