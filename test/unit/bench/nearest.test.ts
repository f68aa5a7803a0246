import { expect, test } from 'vitest';
import { searchByOrama, searchByScan, searchPlainly } from '../../../bench/nearest.ts';
import { makeUnitVectors, profileOf } from '../../../bench/plain.ts';
import { SCAN } from '../../fixtures/scan.ts';

const vectors = makeUnitVectors(2_000);
const profile = profileOf([3, 7, 1_999], vectors);
const exact = searchPlainly(vectors)(profile, 10);

test('Orama finds what plain JavaScript finds, in its order, with the cosine as score', async () => {
  const found = (await searchByOrama(vectors))(profile, 10);
  const length = Math.hypot(...profile);
  expect(found.map(({ row }) => row)).toEqual(exact.map(({ row }) => row));
  for (const [at, { score }] of found.entries()) expect(score).toBeCloseTo(exact[at]!.score / length, 4);
});

test('the scan finds the same best, its scores rounded to int8', () => {
  const found = searchByScan(SCAN, vectors)(profile, 10);
  expect(found.slice(0, 3).map(({ row }) => row)).toEqual(exact.slice(0, 3).map(({ row }) => row));
  for (const [at, { score }] of found.entries()) expect(score).toBeCloseTo(exact[at]!.score, 1);
});
