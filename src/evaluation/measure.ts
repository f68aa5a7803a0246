import { ndcgAt, recallAt, reciprocalRank } from '../training/metrics.ts';
import type { HoldOutCase } from '../training/split.ts';
import { countShown, coverage, diversity, gini, novelty } from './catalogue-metrics.ts';
import type { Known } from './known.ts';
import type { Rankings } from './rank.ts';

/** Figures of one case; a method's is the mean over its cases. `mrr` reads as deep as rankings go, 20 places. */
const ACCURACY = {
  'recall@5': (ranks, targets) => recallAt(5, ranks, targets),
  'recall@10': (ranks, targets) => recallAt(10, ranks, targets),
  'recall@20': (ranks, targets) => recallAt(20, ranks, targets),
  'ndcg@5': (ranks, targets) => ndcgAt(5, ranks, targets),
  'ndcg@10': (ranks, targets) => ndcgAt(10, ranks, targets),
  'ndcg@20': (ranks, targets) => ndcgAt(20, ranks, targets),
  mrr: (ranks) => reciprocalRank(ranks),
} satisfies Record<string, (ranks: readonly number[], targets: number) => number>;

export type AccuracyName = keyof typeof ACCURACY;
export const ACCURACY_NAMES = Object.keys(ACCURACY) as AccuracyName[];

/** Figures of all first tens together, the items of the histories left out. */
export type CatalogueName = 'coverage@10' | 'gini@10' | 'novelty@10' | 'diversity@10';
const CATALOGUE_NAMES: readonly CatalogueName[] = ['coverage@10', 'gini@10', 'novelty@10', 'diversity@10'];

/** [cases] of each figure */
export type AccuracyColumns = Readonly<Record<AccuracyName, Float64Array>>;

/** What an answer costs; for the bench, as times differ from run to run. */
export interface Cost {
  /** Of what has been fitted, in memory. */
  readonly bytes: number;
  readonly msPerRequest: number;
}

/** One method on one set of cases. */
export interface Measurement {
  readonly name: string;
  /** Settings chosen on the validation cases. */
  readonly settings: string;
  readonly filtered: AccuracyColumns;
  readonly unfiltered: AccuracyColumns;
  readonly catalogue: Readonly<Record<CatalogueName, number>>;
  readonly cost: Cost;
}

/** `known` is what was known before the cases. */
export function measureRankings(
  { name, settings, cost }: Pick<Measurement, 'name' | 'settings' | 'cost'>,
  cases: readonly HoldOutCase[],
  { filtered, unfiltered }: Rankings,
  { sequences, popularity }: Known,
): Measurement {
  const firstTens = filtered.map((ranking) => Array.prototype.slice.call(ranking, 0, 10) as number[]);
  const shown = countShown(firstTens, sequences.itemCount);
  return {
    name,
    settings,
    filtered: measureAccuracy(cases, filtered),
    unfiltered: measureAccuracy(cases, unfiltered),
    catalogue: {
      'coverage@10': coverage(shown),
      'gini@10': gini(shown),
      'novelty@10': novelty(firstTens, popularity),
      'diversity@10': diversity(firstTens, sequences),
    },
    cost,
  };
}

export function measureAccuracy(cases: readonly HoldOutCase[], rankings: readonly ArrayLike<number>[]): AccuracyColumns {
  const columns = emptyColumns(cases.length);
  cases.forEach(({ targets }, at) => {
    const ranks = targets.map((target) => Array.prototype.indexOf.call(rankings[at]!, target)).filter((rank) => rank >= 0);
    for (const name of ACCURACY_NAMES) columns[name][at] = ACCURACY[name](ranks, targets.length);
  });
  return columns;
}

/** The mean of measurements of the same cases, as of models that differ in their seed. */
export function meanMeasurement(measurements: readonly Measurement[]): Measurement {
  const [first] = measurements as [Measurement];
  const share = 1 / measurements.length;
  const meanColumns = (pick: (measurement: Measurement) => AccuracyColumns) => {
    const mean = emptyColumns(first.filtered.mrr.length);
    for (const name of ACCURACY_NAMES) {
      for (const measurement of measurements) pick(measurement)[name].forEach((value, at) => (mean[name][at]! += share * value));
    }
    return mean;
  };
  const meanNumber = (pick: (measurement: Measurement) => number) =>
    measurements.reduce((sum, measurement) => sum + share * pick(measurement), 0);
  return {
    ...first,
    filtered: meanColumns(({ filtered }) => filtered),
    unfiltered: meanColumns(({ unfiltered }) => unfiltered),
    catalogue: Object.fromEntries(
      CATALOGUE_NAMES.map((name) => [name, meanNumber(({ catalogue }) => catalogue[name])]),
    ) as Measurement['catalogue'],
    cost: { bytes: meanNumber(({ cost }) => cost.bytes), msPerRequest: meanNumber(({ cost }) => cost.msPerRequest) },
  };
}

export function mean(column: Float64Array): number {
  return column.reduce((sum, value) => sum + value, 0) / column.length;
}

function emptyColumns(cases: number): Record<AccuracyName, Float64Array> {
  return Object.fromEntries(ACCURACY_NAMES.map((name) => [name, new Float64Array(cases)])) as Record<AccuracyName, Float64Array>;
}
