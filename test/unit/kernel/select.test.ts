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

test('never takes what is not a number', () => {
  expect([...selectTop(Float32Array.of(NaN, 2, 1), 3)]).toEqual([1, 2]);
  expect(selectTop(Float32Array.of(3, NaN, 2, NaN, 1), 2)).not.toContain(1);
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
