import { expect, test } from 'vitest';
import { DatasetBuilder } from '../../../src/dataset/builder.ts';
import { seededRandom } from '../../../src/kernel/random.ts';
import { FEATURE_COUNT, FEATURES } from '../../../src/model/features.ts';
import { Serving } from '../../../src/recommend/serving.ts';
import { collectRankingCases, describeFeatures, type RankingCase } from '../../../src/training/ranking-cases.ts';
import { engineOf, snapshotOf, standIn } from '../../fixtures/serving.ts';
import { makeShop } from '../../fixtures/shop.ts';

const POPULARITY = FEATURES.findIndex(({ name }) => name === 'popularity');
const SEEN = FEATURES.findIndex(({ name }) => name === 'seenTimes');

test('a case has all its targets first, items of the history among them, and is left out if none is proposed', async () => {
  const shop = makeShop();
  const builder = new DatasetBuilder();
  for (const item of shop.items) builder.addItem(item);
  for (const [at, item] of ['i1', 'i9', 'i3', 'i4', 'i9', 'i7'].entries()) builder.addInteraction('u', item, 'view', at, NaN);
  const dataset = builder.build('shop');
  const serving = new Serving(await snapshotOf(shop), engineOf(standIn()));
  await serving.startEncoder(0);
  const caseOf = (...targets: number[]) => ({ user: 0, historyEnd: 3, targets });
  const told: string[] = [];
  const cases = await collectRankingCases(dataset, [caseOf(4, 9), caseOf(400), caseOf(20)], serving, seededRandom(1), (done, total) =>
    told.push(`${done}/${total}`),
  );
  expect(told).toEqual(['1/3', '2/3', '3/3']);
  const rowsOf = ({ features, targets }: RankingCase) =>
    Array.from({ length: targets }, (_, c) => 40 - Math.round(Math.expm1(features[c * FEATURE_COUNT + POPULARITY]!) / 2));
  expect(cases.map((one) => rowsOf(one).sort((a, b) => a - b))).toEqual([[4, 9], [20]]);
  for (const one of cases) {
    expect(one.features).toHaveLength(40 * FEATURE_COUNT);
    const seen = Array.from({ length: 40 }, (_, c) => one.features[c * FEATURE_COUNT + SEEN]!).filter((times) => times > 0);
    expect(seen).toHaveLength(3);
  }
});

test('features are described over all candidates; one that never varies has deviation 1', () => {
  const features = new Float32Array(2 * FEATURE_COUNT).fill(3);
  features[0] = 1;
  const { mean, deviation } = describeFeatures([{ features, targets: 1 }]);
  expect([mean[0], deviation[0]]).toEqual([2, 1]);
  expect([mean[1], deviation[1]]).toEqual([3, 1]);
});
