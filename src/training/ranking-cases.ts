import type { Dataset } from '../dataset/dataset.ts';
import { LIMITS } from '../domain/limits.ts';
import { shuffle, type Random } from '../kernel/random.ts';
import { FEATURE_COUNT } from '../model/features.ts';
import { collectCandidates } from '../recommend/candidates.ts';
import type { Serving } from '../recommend/serving.ts';
import { fillRequest } from '../recommend/request.ts';
import { readSignals } from '../recommend/signals.ts';
import { openSituation } from '../recommend/situation.ts';
import { historyIds } from './sequences.ts';
import type { HoldOutCase } from './split.ts';

/** Candidates kept of a case: all targets, and others by chance. */
const CANDIDATES_MAX = 128;

/** What was proposed for a case, and which of it came true. */
export interface RankingCase {
  /** [C, FEATURE_COUNT], the targets first */
  readonly features: Float32Array;
  /** How many of the candidates are targets; at least one. */
  readonly targets: number;
  /** [C] how much each candidate is wanted, of sum 1; if absent, all targets alike. */
  readonly wanted?: Float32Array;
}

/**
 * Runs the serving path up to the features for held-out cases. Items of the history stay among the candidates: whether they
 * come again is for the ranker to learn. Cases of which no target is proposed teach nothing and are left out.
 */
export async function collectRankingCases(
  dataset: Dataset,
  cases: readonly HoldOutCase[],
  serving: Serving,
  random: Random,
  onCase?: (done: number, total: number) => void,
): Promise<RankingCase[]> {
  const collected: RankingCase[] = [];
  for (const [at, held] of cases.entries()) {
    const history = historyIds(dataset, held);
    const situation = openSituation(fillRequest({ history, nowMs: dataset.atMs[held.historyEnd]!, random, ...TRAINING_LIST }), serving);
    const signals = await readSignals(situation.session, serving, []);
    const { rows, features } = collectCandidates(situation, signals);
    const wanted = new Set(held.targets);
    const places = [...rows.keys()];
    const targets = places.filter((c) => wanted.has(rows[c]!));
    if (targets.length > 0) {
      const others = places.filter((c) => !wanted.has(rows[c]!));
      shuffle(others, random);
      const kept = [...targets, ...others].slice(0, CANDIDATES_MAX);
      collected.push({ features: pickRows(features, kept), targets: Math.min(targets.length, kept.length) });
    }
    onCase?.(at + 1, cases.length);
  }
  return collected;
}

/**
 * The ranker learns from the candidates of the longest list there is: it learns less from the few that a short one has (decision 130). It has to know
 * what was seen as well, for lists in which that may come again.
 */
export const TRAINING_LIST = { limit: LIMITS.answerItems, overrides: { seen: 'allow' } } as const;

/** The features of some of the candidates, in this order. */
export function pickRows(features: Float32Array, rows: readonly number[]): Float32Array {
  const picked = new Float32Array(rows.length * FEATURE_COUNT);
  rows.forEach((row, at) => picked.set(features.subarray(row * FEATURE_COUNT, (row + 1) * FEATURE_COUNT), at * FEATURE_COUNT));
  return picked;
}

/** Mean and deviation [FEATURE_COUNT] of every feature over all candidates; the deviation is 1 where it does not vary. */
export function describeFeatures(cases: readonly RankingCase[]): { mean: Float32Array; deviation: Float32Array } {
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
  const mean = Float32Array.from(sum, (total) => total / count);
  const deviation = Float32Array.from(squares, (total, f) => {
    const variance = total / count - (sum[f]! / count) ** 2;
    return variance > 1e-9 ? Math.sqrt(variance) : 1;
  });
  return { mean, deviation };
}
