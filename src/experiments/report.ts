/** What an experiment has shown so far. Users are what was drawn, so users are what is counted. */
import type { Experiment } from './experiment.ts';
import { testSequentially, type SequentialTest } from './sequential.ts';

/** 97.5 % of a normal distribution lie below. */
const Z = 1.959964;
/** Below this the users of the variants are not divided as they were to be: something loses or doubles them. */
const RATIO_SUSPECT_BELOW = 0.001;

/** Sums over the users of one variant who were shown something. */
export interface VariantSums {
  readonly variant: string;
  readonly users: number;
  /** Users who clicked, and who bought, at least once. */
  readonly clicked: number;
  readonly bought: number;
  readonly impressions: number;
  readonly clicks: number;
}

interface Share {
  readonly value: number;
  /** 95 % (Wilson, 1927) for one look; the comparisons have intervals that hold at every look. */
  readonly interval: readonly [low: number, high: number];
}

interface VariantReport extends VariantSums {
  readonly clickedShare: Share;
  readonly boughtShare: Share;
}

interface Comparison {
  readonly variant: string;
  readonly control: string;
  readonly clickedShare: SequentialTest;
  readonly boughtShare: SequentialTest;
}

export interface ExperimentReport {
  readonly variants: readonly VariantReport[];
  readonly comparisons: readonly Comparison[];
  /** Of the division of users between the variants: how often chance alone divides them so unevenly. */
  readonly ratio: { readonly p: number; readonly suspect: boolean };
}

/** `sums` may lack variants that nobody has seen, and hold some that the experiment no longer has, which are left out. */
export function reportOn<Overrides>({ variants }: Experiment<Overrides>, sums: readonly VariantSums[]): ExperimentReport {
  const found = new Map(sums.map((of) => [of.variant, of]));
  const all = variants.map(({ name }) => found.get(name) ?? { variant: name, users: 0, clicked: 0, bought: 0, impressions: 0, clicks: 0 });
  const [control, ...others] = all as [VariantSums, ...VariantSums[]];
  const p = divisionP(
    all.map(({ users }) => users),
    variants.map(({ share }) => share),
  );
  return {
    variants: all.map((of) => ({ ...of, clickedShare: shareOf(of.clicked, of.users), boughtShare: shareOf(of.bought, of.users) })),
    comparisons: others.map((of) => ({
      variant: of.variant,
      control: control.variant,
      clickedShare: compareShares(of.clicked, of.users, control.clicked, control.users),
      boughtShare: compareShares(of.bought, of.users, control.bought, control.users),
    })),
    ratio: { p, suspect: p < RATIO_SUSPECT_BELOW },
  };
}

/** Wilson's score interval of `count` out of `of`; nothing is known of none. */
function shareOf(count: number, of: number): Share {
  if (of === 0) return { value: 0, interval: [0, 1] };
  const share = count / of;
  const centre = (share + Z ** 2 / (2 * of)) / (1 + Z ** 2 / of);
  const radius = (Z / (1 + Z ** 2 / of)) * Math.sqrt((share * (1 - share)) / of + Z ** 2 / (4 * of ** 2));
  return { value: share, interval: [Math.max(0, centre - radius), Math.min(1, centre + radius)] };
}

/** The variance is of shares with one more success and one more failure each: none is known to be certain (Agresti & Caffo, 2000). */
function compareShares(count: number, of: number, controlCount: number, controlOf: number): SequentialTest {
  const variance = (successes: number, users: number) => {
    const share = (successes + 1) / (users + 2);
    return (share * (1 - share)) / (users + 2);
  };
  if (of === 0 || controlOf === 0) return testSequentially(0, 0);
  return testSequentially(count / of - controlCount / controlOf, variance(count, of) + variance(controlCount, controlOf));
}

/** How often chance divides users this unevenly or more: Pearson's chi-square, its tail by Wilson & Hilferty's (1931) cube root. */
function divisionP(users: readonly number[], shares: readonly number[]): number {
  const total = users.reduce((sum, count) => sum + count, 0);
  const shareTotal = shares.reduce((sum, share) => sum + share, 0);
  if (total === 0) return 1;
  const chiSquare = users.reduce((sum, count, at) => {
    const expected = (total * shares[at]!) / shareTotal;
    return sum + (count - expected) ** 2 / expected;
  }, 0);
  const freedom = users.length - 1;
  const z = ((chiSquare / freedom) ** (1 / 3) - (1 - 2 / (9 * freedom))) / Math.sqrt(2 / (9 * freedom));
  return upperTail(z);
}

/** The share of a normal distribution above `z` (Abramowitz & Stegun, 1964, 26.2.17; error below 7.5e-8). */
function upperTail(z: number): number {
  if (z < 0) return 1 - upperTail(-z);
  const t = 1 / (1 + 0.2316419 * z);
  const polynomial = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return (Math.exp(-(z ** 2) / 2) / Math.sqrt(2 * Math.PI)) * polynomial;
}
