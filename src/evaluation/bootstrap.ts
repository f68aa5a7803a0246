/**
 * How sure a mean over users is (Efron, 1979; Sakai, 2006, for rankings). Every column is resampled with the same draws, so that
 * two methods can be compared case by case.
 */
import type { Random } from '../kernel/random.ts';

const RESAMPLES = 1_000;

export type Interval = readonly [low: number, high: number];

/** How much one method is better than another. */
export interface Difference {
  readonly difference: number;
  /** 95 % of it */
  readonly interval: Interval;
  /** Two-sided: how often chance alone would make a difference like this. Not corrected for how many pairs are compared. */
  readonly p: number;
}

/** Means of `columns` [cases] over draws of as many cases with replacement -> [RESAMPLES] each. */
export function resampleMeans(columns: readonly Float64Array[], random: Random): Float64Array[] {
  const cases = columns[0]!.length;
  const means = columns.map(() => new Float64Array(RESAMPLES));
  const drawn = new Int32Array(cases);
  for (let sample = 0; sample < RESAMPLES; sample++) {
    for (let at = 0; at < cases; at++) drawn[at] = random() * cases;
    columns.forEach((column, c) => (means[c]![sample] = meanOf(column, drawn)));
  }
  return means;
}

/** The middle 95 % of resampled means. */
export function intervalOf(means: Float64Array): Interval {
  const sorted = means.toSorted();
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))]!;
  return [at(0.025), at(0.975)];
}

/** Compares the means of two columns by their resampled means, which must come from the same draws. */
export function compareMeans(difference: number, a: Float64Array, b: Float64Array): Difference {
  const differences = a.map((mean, sample) => mean - b[sample]!);
  const below = differences.filter((value) => value <= 0).length;
  const above = differences.filter((value) => value >= 0).length;
  const p = Math.min(1, (2 * Math.min(below, above) + 1) / (differences.length + 1));
  return { difference, interval: intervalOf(differences), p };
}

function meanOf(column: Float64Array, drawn: Int32Array): number {
  let sum = 0;
  for (let at = 0; at < drawn.length; at++) sum += column[drawn[at]!]!;
  return sum / drawn.length;
}
