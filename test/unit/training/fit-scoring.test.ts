import { describe, expect, test } from 'vitest';
import { normal, seededRandom, type Random } from '../../../src/kernel/random.ts';
import { FEATURE_COUNT, FEATURES, type FeatureName } from '../../../src/model/features.ts';
import type { ScoringWeights } from '../../../src/model/manifest.ts';
import { fitScoring } from '../../../src/training/fit-scoring.ts';
import type { RankingCase } from '../../../src/training/ranking-cases.ts';

const NAMES = FEATURES.map(({ name }) => name);
const COLD = NAMES.filter((name) => name !== 'transformer');
const CANDIDATES = 20;

/** Cases whose target is drawn by `worth`, a weight for each feature; the features are noise of deviation `spread`. */
function makeCases(count: number, worth: Partial<Record<FeatureName, number>>, random: Random, spread = 1): RankingCase[] {
  return Array.from({ length: count }, () => {
    const features = Float32Array.from({ length: CANDIDATES * FEATURE_COUNT }, () => spread * normal(random));
    const scores = Array.from({ length: CANDIDATES }, (_, c) => {
      // The largest of scores with Gumbel noise is a draw from their softmax.
      const noise = -Math.log(-Math.log(1 - random()));
      return noise + NAMES.reduce((sum, name, f) => sum + (worth[name] ?? 0) * features[c * FEATURE_COUNT + f]!, 0);
    });
    return targetFirst(features, scores.indexOf(Math.max(...scores)));
  });
}

/** The case with this candidate as its only target. */
function targetFirst(features: Float32Array, target: number): RankingCase {
  const rows = Array.from({ length: features.length / FEATURE_COUNT }, (_, c) =>
    features.subarray(c * FEATURE_COUNT, (c + 1) * FEATURE_COUNT),
  );
  const ordered = [rows[target]!, ...rows.filter((_, c) => c !== target)];
  return { features: Float32Array.from(ordered.flatMap((row) => [...row])), targets: 1 };
}

/** −mean log softmax at the targets. */
function lossOf(cases: readonly RankingCase[], weights: ScoringWeights): number {
  const losses = cases.map(({ features, targets }) => {
    const scores = Array.from({ length: features.length / FEATURE_COUNT }, (_, c) =>
      NAMES.reduce((sum, name, f) => sum + weights[name] * features[c * FEATURE_COUNT + f]!, 0),
    );
    const total = Math.log(scores.reduce((sum, score) => sum + Math.exp(score), 0));
    return scores.slice(0, targets).reduce((sum, score) => sum + (total - score) / targets, 0);
  });
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}

describe('fitting the scoring', () => {
  test('finds the better of two features, and about what each is worth', () => {
    const weights = fitScoring(makeCases(250, { rulesNow: 2, popularity: 0.5 }, seededRandom(1)), NAMES);
    expect(weights.rulesNow).toBeGreaterThan(1.6);
    expect(weights.rulesNow).toBeLessThan(2.4);
    expect(weights.popularity).toBeGreaterThan(0.3);
    expect(weights.popularity).toBeLessThan(0.7);
    for (const name of ['transformer', 'rulesLong', 'coVisitsNow', 'coVisitsLong'] as const)
      expect(Math.abs(weights[name])).toBeLessThan(0.2);
  });

  test('a feature of what people do not want counts against an item', () => {
    expect(fitScoring(makeCases(100, { coVisitsLong: -1 }, seededRandom(2)), NAMES).coVisitsLong).toBeLessThan(-0.7);
  });

  test('without the transformer gives it exactly nothing, whatever it is worth', () => {
    const cases = makeCases(100, { transformer: 2, rulesNow: 1 }, seededRandom(3));
    const cold = fitScoring(cases, COLD);
    expect(cold.transformer).toBe(0);
    expect(cold.rulesNow).toBeGreaterThan(0.3);
    expect(fitScoring(cases, NAMES).transformer).toBeGreaterThan(1.5);
  });

  test('is the best there is: no weight could be a little other and better', () => {
    const cases = makeCases(150, { transformer: 1, rulesLong: 0.7 }, seededRandom(4));
    const weights = fitScoring(cases, NAMES);
    const least = lossOf(cases, weights);
    for (const name of NAMES) {
      for (const change of [-0.1, 0.1]) expect(lossOf(cases, { ...weights, [name]: weights[name] + change })).toBeGreaterThan(least);
    }
  });

  test('does not depend on the units of a feature', () => {
    const plain = fitScoring(makeCases(100, { rulesNow: 1 }, seededRandom(5)), NAMES);
    const large = fitScoring(makeCases(100, { rulesNow: 0.001 }, seededRandom(5), 1000), NAMES);
    for (const name of NAMES) expect(large[name] * 1000).toBeCloseTo(plain[name], 3);
  });

  test('weighs the targets of a case together as much as one', () => {
    const [one, other] = makeCases(2, {}, seededRandom(6)) as [RankingCase, RankingCase];
    const first = one.features.subarray(0, FEATURE_COUNT);
    const twins = Float32Array.from([...first, ...first, ...one.features.subarray(2 * FEATURE_COUNT)]);
    const weights = (targets: number) => fitScoring([{ features: twins, targets }, other], NAMES);
    for (const name of NAMES) expect(weights(2)[name]).toBeCloseTo(weights(1)[name], 2);
  });

  test('leaves a feature alone that never varies', () => {
    const cases = makeCases(50, { rulesNow: 1 }, seededRandom(8)).map(({ features, targets }) => ({
      features: features.map((value, at) => (at % FEATURE_COUNT === NAMES.indexOf('popularity') ? 3 : value)),
      targets,
    }));
    expect(Math.abs(fitScoring(cases, NAMES).popularity)).toBeLessThan(0.01);
  });
});
