import { seededRandom } from '../kernel/random.ts';
import { compareMeans, intervalOf, resampleMeans, type Difference, type Interval } from './bootstrap.ts';
import { ACCURACY_NAMES, mean, type AccuracyColumns, type AccuracyName, type CatalogueName, type Measurement } from './measure.ts';

/** The figures that get intervals and are compared. */
const COMPARED = ['recall@10', 'ndcg@10'] as const;
type Compared = (typeof COMPARED)[number];
const BOOTSTRAP_SEED = 1;

type Accuracy = Readonly<Record<AccuracyName, number>>;
export type Figures = Accuracy & Readonly<Record<CatalogueName, number>>;

/** A method as it is printed; its own figures are of lists without the items of the history. */
export interface EvaluationRow extends Figures {
  readonly name: string;
  readonly settings: string;
  readonly cases: number;
  /** 95 % over users */
  readonly interval: Readonly<Record<Compared, Interval>>;
  /** The same of lists that may hold items of the history. */
  readonly unfiltered: Accuracy;
  /** Of a served row: how much it is better than each baseline, over the same users. */
  readonly versus?: Readonly<Record<string, Readonly<Record<Compared, Difference>>>>;
}

/** Means, intervals and, of each served row, the comparisons with every baseline. All were measured on the same cases. */
export function makeRows(baselines: readonly Measurement[], served: readonly Measurement[]): EvaluationRow[] {
  const all = [...baselines, ...served];
  const resampled = resampleMeans(
    all.flatMap(({ filtered }) => COMPARED.map((name) => filtered[name])),
    seededRandom(BOOTSTRAP_SEED),
  );
  const resampledOf = (measurement: Measurement, name: Compared) =>
    resampled[all.indexOf(measurement) * COMPARED.length + COMPARED.indexOf(name)]!;
  const compare = (a: Measurement, b: Measurement) =>
    byCompared((name) => compareMeans(mean(a.filtered[name]) - mean(b.filtered[name]), resampledOf(a, name), resampledOf(b, name)));
  return all.map((measurement) => ({
    name: measurement.name,
    settings: measurement.settings,
    cases: measurement.filtered.mrr.length,
    ...figuresOf(measurement),
    interval: byCompared((name) => intervalOf(resampledOf(measurement, name))),
    unfiltered: means(measurement.unfiltered),
    ...(served.includes(measurement) && {
      versus: Object.fromEntries(baselines.map((baseline) => [baseline.name, compare(measurement, baseline)])),
    }),
  }));
}

export function figuresOf({ filtered, catalogue }: Measurement): Figures {
  return { ...means(filtered), ...catalogue };
}

function means(columns: AccuracyColumns): Accuracy {
  return Object.fromEntries(ACCURACY_NAMES.map((name) => [name, mean(columns[name])])) as Accuracy;
}

function byCompared<T>(of: (name: Compared) => T): Record<Compared, T> {
  return Object.fromEntries(COMPARED.map((name) => [name, of(name)])) as Record<Compared, T>;
}
