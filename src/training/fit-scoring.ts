import type { Dataset } from '../dataset/dataset.ts';
import { FEATURE_COUNT, FEATURES } from '../model/features.ts';
import type { ScoringWeights } from '../model/manifest.ts';
import { collectCandidates } from '../recommend/candidates.ts';
import type { Serving } from '../recommend/serving.ts';
import { openSession } from '../recommend/session.ts';
import { readSignals } from '../recommend/signals.ts';
import { historyIds } from './sequences.ts';
import type { HoldOutCase } from './split.ts';

/** What was proposed for a case, and which of it came true. */
export interface ScoringCase {
  /** [C, FEATURE_COUNT] */
  readonly features: Float32Array;
  /** Candidates (0 <= c < C) that are targets; at least one. */
  readonly targets: readonly number[];
}

/**
 * Runs the serving path up to the features for held-out cases. Items of the history are left out as they are when it serves;
 * cases of which no target is then proposed teach nothing and are left out too.
 */
export async function collectScoringCases(
  dataset: Dataset,
  cases: readonly HoldOutCase[],
  serving: Serving,
  onCase?: (done: number, total: number) => void,
): Promise<ScoringCase[]> {
  const collected: ScoringCase[] = [];
  for (const [at, held] of cases.entries()) {
    const session = openSession(historyIds(dataset, held), serving.snapshot);
    const signals = await readSignals(session, serving, []);
    const { rows, features } = collectCandidates(session, signals, serving, { wanted: 0 });
    const wanted = new Set(held.targets);
    const unseen = Array.from(rows.keys()).filter((c) => !session.seen.has(rows[c]!));
    const targets = unseen.flatMap((c, position) => (wanted.has(rows[c]!) ? [position] : []));
    if (targets.length > 0) collected.push({ features: pickRows(features, unseen), targets });
    onCase?.(at + 1, cases.length);
  }
  return collected;
}

function pickRows(features: Float32Array, rows: readonly number[]): Float32Array {
  const picked = new Float32Array(rows.length * FEATURE_COUNT);
  rows.forEach((row, at) => picked.set(features.subarray(row * FEATURE_COUNT, (row + 1) * FEATURE_COUNT), at * FEATURE_COUNT));
  return picked;
}

const ROUNDS = 300;
const STEP = 0.05;
/** Pulls weights towards 0 where the cases do not speak for more. */
const SHRINKAGE = 1e-3;

/**
 * Fits the weights of `names` by listwise softmax regression (Cao et al., 2007): the mean log-probability that a target is
 * drawn from its candidates is made as large as possible. The other features get weight 0. Convex, so it needs no seed.
 */
export function fitScoring(cases: readonly ScoringCase[], names: readonly string[]): ScoringWeights {
  if (cases.length === 0) throw new Error('no validation case has a target among its candidates: there is nothing to fit the scoring on');
  const free = FEATURES.map(({ name }) => names.includes(name));
  const scale = deviations(cases);
  const weights = new Float64Array(FEATURE_COUNT); // of features divided by their deviation
  const moment1 = new Float64Array(FEATURE_COUNT);
  const moment2 = new Float64Array(FEATURE_COUNT);
  for (let round = 1; round <= ROUNDS; round++) {
    const gradient = listwiseGradient(cases, weights, scale);
    for (let f = 0; f < FEATURE_COUNT; f++) {
      if (!free[f]) continue;
      const slope = gradient[f]! / cases.length + SHRINKAGE * weights[f]!;
      moment1[f] = 0.9 * moment1[f]! + 0.1 * slope;
      moment2[f] = 0.98 * moment2[f]! + 0.02 * slope * slope;
      weights[f]! -= (STEP * (moment1[f]! / (1 - 0.9 ** round))) / (Math.sqrt(moment2[f]! / (1 - 0.98 ** round)) + 1e-9);
    }
  }
  return Object.fromEntries(FEATURES.map(({ name }, f) => [name, Number((weights[f]! / scale[f]!).toPrecision(6))])) as ScoringWeights;
}

/** d/dw of −Σ_cases mean_targets log softmax(features·w)[target] -> [FEATURE_COUNT] */
function listwiseGradient(cases: readonly ScoringCase[], weights: Float64Array, scale: Float64Array): Float64Array {
  const width = weights.length;
  const gradient = new Float64Array(width);
  const perUnit = weights.map((weight, f) => weight / scale[f]!);
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
      for (let f = 0; f < width; f++) gradient[f]! += (scores[c]! / total) * features[c * width + f]!;
    }
    for (const c of targets) for (let f = 0; f < width; f++) gradient[f]! -= features[c * width + f]! / targets.length;
  }
  return gradient.map((value, f) => value / scale[f]!);
}

/** Of each feature over all candidates; 1 where it does not vary. */
function deviations(cases: readonly ScoringCase[]): Float64Array {
  const sum = new Float64Array(FEATURE_COUNT);
  const squares = new Float64Array(FEATURE_COUNT);
  let count = 0;
  for (const { features } of cases) {
    count += features.length / FEATURE_COUNT;
    features.forEach((value, at) => {
      sum[at % FEATURE_COUNT]! += value;
      squares[at % FEATURE_COUNT]! += value * value;
    });
  }
  return sum.map((total, f) => Math.sqrt(Math.max(0, squares[f]! / count - (total / count) ** 2)) || 1);
}
