import { FEATURE_COUNT, FEATURES } from '../model/features.ts';
import type { ScoringWeights } from '../model/manifest.ts';
import { describeFeatures, type RankingCase } from './ranking-cases.ts';

const ROUNDS = 300;
const STEP = 0.05;
/** Pulls weights towards 0 where the cases do not speak for more. */
const SHRINKAGE = 1e-3;

/**
 * Fits the weights of the features named, for answers that no network can score yet, by listwise softmax regression (Cao et
 * al., 2007): the mean log-probability that a target is drawn from its candidates is made as large as possible. The other
 * features get weight 0. Convex, so it needs no seed.
 */
export function fitScoring(cases: readonly RankingCase[], names: readonly string[]): ScoringWeights {
  const free = FEATURES.map(({ name }) => names.includes(name));
  const { deviation } = describeFeatures(cases);
  const weights = new Float64Array(FEATURE_COUNT); // of features divided by their deviation
  const moment1 = new Float64Array(FEATURE_COUNT);
  const moment2 = new Float64Array(FEATURE_COUNT);
  for (let round = 1; round <= ROUNDS; round++) {
    const gradient = listwiseGradient(cases, weights, deviation);
    for (let f = 0; f < FEATURE_COUNT; f++) {
      if (!free[f]) continue;
      const slope = gradient[f]! / cases.length + SHRINKAGE * weights[f]!;
      moment1[f] = 0.9 * moment1[f]! + 0.1 * slope;
      moment2[f] = 0.98 * moment2[f]! + 0.02 * slope * slope;
      weights[f]! -= (STEP * (moment1[f]! / (1 - 0.9 ** round))) / (Math.sqrt(moment2[f]! / (1 - 0.98 ** round)) + 1e-9);
    }
  }
  return Object.fromEntries(FEATURES.map(({ name }, f) => [name, Number((weights[f]! / deviation[f]!).toPrecision(6))])) as ScoringWeights;
}

/** d/dw of −Σ_cases mean_targets log softmax(features·w)[target] -> [FEATURE_COUNT] */
function listwiseGradient(cases: readonly RankingCase[], weights: Float64Array, deviation: Float32Array): Float64Array {
  const width = weights.length;
  const gradient = new Float64Array(width);
  const perUnit = weights.map((weight, f) => weight / deviation[f]!);
  for (const { features, targets } of cases) {
    const count = features.length / width;
    const scores = new Float64Array(count);
    let largest = -Infinity;
    for (let c = 0; c < count; c++) {
      let score = 0;
      for (let f = 0; f < width; f++) score += perUnit[f]! * features[c * width + f]!;
      scores[c] = score;
      largest = Math.max(largest, score);
    }
    let total = 0;
    for (let c = 0; c < count; c++) total += scores[c] = Math.exp(scores[c]! - largest);
    for (let c = 0; c < count; c++) {
      const wanted = c < targets ? 1 / targets : 0;
      for (let f = 0; f < width; f++) gradient[f]! += (scores[c]! / total - wanted) * features[c * width + f]!;
    }
  }
  return gradient.map((value, f) => value / deviation[f]!);
}
