import { expect, test } from 'vitest';
import { makeUnitVectors, mostLike, profileOf } from '../../../bench/plain.ts';

test('finds the rows most like the sum of the history, best first', () => {
  const vectors = makeUnitVectors(30);
  const profile = profileOf([3, 7], vectors);
  const all = mostLike(profile, vectors, 30);
  expect(all.map(({ score }) => score)).toEqual(all.map(({ score }) => score).toSorted((a, b) => b - a));
  expect(new Set(all.map(({ row }) => row)).size).toBe(30);
  expect(mostLike(profile, vectors, 4)).toEqual(all.slice(0, 4));
  expect(mostLike(profileOf([3], vectors), vectors, 1)).toEqual([{ row: 3, score: expect.closeTo(1, 5) }]);
});
