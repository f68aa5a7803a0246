import fc from 'fast-check';
import { expect, test } from 'vitest';
import { selectTop } from '../../../src/kernel/select.ts';

/** Few different scores, so that many are equal. */
const SCORES = fc.array(
  fc.integer({ min: -4, max: 4 }).map((n) => n / 4),
  { maxLength: 60 },
);

test('selects what sorting would put first, of equals the first, in the order in which they came', () => {
  fc.assert(
    fc.property(SCORES, fc.nat(70), (scores, k) => {
      const rows = scores.map((_, at) => 100 + at);
      const best = rows.toSorted((a, b) => scores[b - 100]! - scores[a - 100]!).slice(0, k);
      const given = Float32Array.from(scores);
      expect([...selectTop(Int32Array.from(rows), given, k)]).toEqual(best.sort((a, b) => a - b));
      expect([...given]).toEqual(scores);
    }),
  );
});

test.each([
  ['rising', (at: number) => at],
  ['falling', (at: number) => -at],
  ['all equal', () => 1],
])('selects out of many scores that are %s', (_, scoreOf) => {
  const scores = Float32Array.from({ length: 5_000 }, (__, at) => scoreOf(at));
  const rows = Int32Array.from(scores.keys());
  const wanted = [...rows].toSorted((a, b) => scores[b]! - scores[a]!).slice(0, 120);
  expect([...selectTop(rows, scores, 120)]).toEqual(wanted.sort((a, b) => a - b));
});
