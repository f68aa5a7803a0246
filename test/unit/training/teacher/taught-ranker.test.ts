import { expect, test } from 'vitest';
import { normal, seededRandom, shuffle } from '../../../../src/kernel/random.ts';
import { FEATURE_COUNT } from '../../../../src/model/features.ts';
import { writeOnnx } from '../../../../src/model/onnx.ts';
import type { RankingCase } from '../../../../src/training/ranking-cases.ts';
import { trainRanker } from '../../../../src/training/train-ranker.ts';
import { trainTaughtRanker } from '../../../../src/training/teacher/taught-ranker.ts';

const CANDIDATES = 12;
const nothing = () => undefined;

/** Candidates [12], that with the first feature nearest to 0 first; `mixed`: in an order of no meaning. */
function makeLists(count: number, seed: number, mixed: boolean): Float32Array[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => {
    const rows = Array.from({ length: CANDIDATES }, () => Array.from({ length: FEATURE_COUNT }, () => normal(random)));
    rows.sort((a, b) => Math.abs(a[0]!) - Math.abs(b[0]!));
    if (mixed) shuffle(rows, random);
    return Float32Array.from(rows.flat());
  });
}
const makeCases = (count: number): RankingCase[] => makeLists(count, 1, false).map((features) => ({ features, targets: 1 }));
const makeTeacher = (count: number, seed: number, mixed = false): RankingCase[] => {
  const shares = Float32Array.from({ length: CANDIDATES }, (_, place) => 1 / (place + 1));
  const sum = shares.reduce((total, share) => total + share, 0);
  return makeLists(count, seed, mixed).map((features) => ({ features, targets: CANDIDATES, wanted: shares.map((share) => share / sum) }));
};

test('a teacher that says what is true is listened to, and the same answers give the same bytes', async () => {
  const [cases, lists] = [makeCases(200), makeTeacher(1_500, 2)];
  const taught = await trainTaughtRanker(cases, lists, 1, nothing);
  expect(taught.weight).toBe(1);
  expect(writeOnnx((await trainTaughtRanker(cases, lists, 1, nothing)).ranker)).toEqual(writeOnnx(taught.ranker));
});

test.each([200, 1_000])(
  'one that says nothing useful gets weight 0 beside %i cases: the ranker is, to the byte, the one without',
  async (count) => {
    const cases = makeCases(count);
    const alone = writeOnnx((await trainRanker(cases, 1)).ranker);
    for (const lists of [makeTeacher(300, 3, true), makeTeacher(300, 4, true), makeTeacher(1_500, 5, true), []]) {
      const { ranker, weight } = await trainTaughtRanker(cases, lists, 1, nothing);
      expect(weight).toBe(0);
      expect(writeOnnx(ranker)).toEqual(alone);
    }
  },
);
