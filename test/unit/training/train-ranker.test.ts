import { expect, test } from 'vitest';
import { normal, seededRandom } from '../../../src/kernel/random.ts';
import { FEATURE_COUNT } from '../../../src/model/features.ts';
import { writeOnnx } from '../../../src/model/onnx.ts';
import { Graph } from '../../../src/model/graph.ts';
import { buildServingRanker, rank, RANKER_IO, rankerParameters } from '../../../src/model/ranker.ts';
import { loadEngine } from '../../../src/training/open-serving.ts';
import type { RankingCase } from '../../../src/training/ranking-cases.ts';
import { trainRanker, untrainedRanker } from '../../../src/training/train-ranker.ts';

const CANDIDATES = 12;

/** Of every list the candidate comes true whose first feature is nearest to 0: nothing that a weighted sum could find. */
function makeCases(count: number, seed: number): RankingCase[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => {
    const rows = Array.from({ length: CANDIDATES }, () => Array.from({ length: FEATURE_COUNT }, () => normal(random)));
    rows.sort((a, b) => Math.abs(a[0]!) - Math.abs(b[0]!));
    return { features: Float32Array.from(rows.flat()), targets: 1 };
  });
}

test('the ranker learns what no weighted sum could, and serves it in ONNX Runtime of the Web', async () => {
  const { ranker: graph } = await trainRanker(makeCases(3_000, 1), 1);
  const { openModel } = await loadEngine();
  const ranker = await openModel(writeOnnx(graph));
  const cases = makeCases(100, 2);
  let first = 0;
  for (const { features } of cases) {
    const scores = await ranker.run({ [RANKER_IO.features]: { data: features, shape: [CANDIDATES, FEATURE_COUNT] } });
    expect(scores).toHaveLength(CANDIDATES);
    if (scores.indexOf(Math.max(...scores)) === 0) first++;
  }
  expect(first).toBeGreaterThan(60);
  // A candidate's score is the same whatever stands beside it.
  const [{ features }] = cases as [RankingCase];
  const scoresOf = (rows: Float32Array) =>
    ranker.run({ [RANKER_IO.features]: { data: rows, shape: [rows.length / FEATURE_COUNT, FEATURE_COUNT] } });
  const alone = await scoresOf(features.slice(0, FEATURE_COUNT));
  const together = await scoresOf(features);
  expect(alone[0]).toBeCloseTo(together[0]!, 5);
  await ranker.release();
});

test('the same cases and seed give the same bytes, another seed gives others', async () => {
  const cases = makeCases(40, 3);
  const bytes = async (seed: number) => writeOnnx((await trainRanker(cases, seed)).ranker);
  expect(await bytes(1)).toEqual(await bytes(1));
  expect(await bytes(1)).not.toEqual(await bytes(2));
});

test('one that has seen nothing prefers nothing', async () => {
  const { openModel } = await loadEngine();
  const ranker = await openModel(writeOnnx(untrainedRanker()));
  const [{ features }] = makeCases(1, 4) as [RankingCase];
  const scores = await ranker.run({ [RANKER_IO.features]: { data: features, shape: [CANDIDATES, FEATURE_COUNT] } });
  expect(new Set(scores).size).toBe(1);
  await ranker.release();
});

test('the graph that serves gives the scores of the one that trains, whatever the features are like', async () => {
  const random = seededRandom(7);
  const numbers = (count: number, like: () => number) => Float32Array.from({ length: count }, like);
  const weights = new Map(
    rankerParameters().map(({ name, shape }) => [
      name,
      numbers(
        shape.reduce((product, size) => product * size, 1),
        () => normal(random),
      ),
    ]),
  );
  const shapes = new Map(rankerParameters().map(({ name, shape }) => [name, shape]));
  const normalisation = {
    mean: numbers(FEATURE_COUNT, () => 10 * normal(random)),
    deviation: numbers(FEATURE_COUNT, () => 0.1 + 5 * random()),
  };
  const trained = new Graph();
  const input = trained.input(RANKER_IO.features, ['C', FEATURE_COUNT]);
  trained.output(
    RANKER_IO.scores,
    rank(trained, input, normalisation, (name) => trained.weights(weights.get(name)!, shapes.get(name)!)),
  );
  const rows = numbers(CANDIDATES * FEATURE_COUNT, () => 20 * normal(random));
  const { openModel } = await loadEngine();
  const [wanted, found] = await Promise.all(
    [trained, buildServingRanker(normalisation, weights)].map(async (graph) => {
      const model = await openModel(writeOnnx(graph));
      const scores = await model.run({ [RANKER_IO.features]: { data: rows, shape: [CANDIDATES, FEATURE_COUNT] } });
      await model.release();
      return scores;
    }),
  );
  const size = Math.max(...wanted!.map(Math.abs));
  expect(size).toBeGreaterThan(1);
  for (let at = 0; at < CANDIDATES; at++) expect(Math.abs(found![at]! - wanted![at]!)).toBeLessThan(1e-5 * size);
});
