/** What it is worth that a profile knows the newest interactions: held-out sessions, replayed with profiles that lag behind. */
import type { Dataset } from '../dataset/dataset.ts';
import { seededRandom } from '../kernel/random.ts';
import type { Serving } from '../recommend/serving.ts';
import { historyIds } from '../training/sequences.ts';
import { sampleCases, type HoldOutCase, type Split } from '../training/split.ts';
import { ask } from './ask.ts';
import { compareMeans, intervalOf, resampleMeans, type Difference, type Interval } from './bootstrap.ts';
import { mean, measureAccuracy } from './measure.ts';

const HOUR_MS = 3_600_000;
const FIGURES = ['recall@10', 'ndcg@10'] as const;
type Figure = (typeof FIGURES)[number];
const DEPTH = 10;
const BOOTSTRAP_SEED = 1;

/** How far a profile is behind: so many interactions, or so long. */
interface Lag {
  readonly name: string;
  readonly interactions?: number;
  readonly ms?: number;
}

const FRESH: Lag = { name: 'fresh', interactions: 0 };
const LAGS: readonly Lag[] = [
  FRESH,
  { name: '1 interaction behind', interactions: 1 },
  { name: '5 interactions behind', interactions: 5 },
  { name: '20 interactions behind', interactions: 20 },
  { name: '1 hour behind', ms: HOUR_MS },
  { name: '1 day behind', ms: 24 * HOUR_MS },
];

/** One lag; figures are means over users of each user's mean. */
export interface ReplayRow extends Readonly<Record<Figure, number>> {
  readonly name: string;
  /** 95 % over users */
  readonly interval: Readonly<Record<Figure, Interval>>;
  /** How much better the fresh profile is, over the same users; absent from its own row. */
  readonly freshIsBetterBy?: Readonly<Record<Figure, Difference>>;
}

export interface Replay {
  readonly users: number;
  readonly interactions: number;
  readonly rows: readonly ReplayRow[];
}

/**
 * Replays the held-out interactions of every user in their order, at most `interactionsMax` of them: before each, asks for ten items
 * with the profile as it would be under every lag. Only items that are new to the user count: for these alone all lags have the
 * same thing to find. A profile that is behind may show again what the user has just had, as in life. Lags of time are left out
 * for data without times. Rejects where nothing can be replayed.
 */
export async function replay(
  dataset: Dataset,
  split: Split,
  serving: Serving,
  { interactionsMax, onCase }: { readonly interactionsMax: number; readonly onCase: (done: number, total: number) => void },
): Promise<Replay> {
  const cases = sampleCases(casesOf(dataset, split), interactionsMax);
  if (cases.length === 0) throw new Error(`${dataset.name} has no held-out interaction with an item that is new to its user`);
  const lags = LAGS.filter(({ ms }) => ms === undefined || !dataset.atMs.some(Number.isNaN));
  const rankings: number[][][] = lags.map(() => []); // [lags][cases][DEPTH]
  for (const [at, held] of cases.entries()) {
    const answers = new Map<number, number[]>(); // by the end of the history: several lags may know the same
    for (const [l, lag] of lags.entries()) {
      const historyEnd = endUnder(lag, dataset, held);
      const answer = answers.get(historyEnd) ?? (await askWith(historyEnd, held, dataset, serving));
      answers.set(historyEnd, answer);
      rankings[l]!.push(answer);
    }
    onCase(at + 1, cases.length);
  }
  const users = new Set(cases.map(({ user }) => user)).size;
  return { users, interactions: cases.length, rows: makeRows(lags, cases, rankings) };
}

/** Every held-out interaction whose item the user has not had before. */
function casesOf({ users, start, item }: Dataset, { knownEnd }: Split): HoldOutCase[] {
  return users.flatMap((_, user) => {
    const had = new Set(item.subarray(start[user], knownEnd[user]));
    const cases: HoldOutCase[] = [];
    for (let at = knownEnd[user]!; at < start[user + 1]!; at++) {
      if (!had.has(item[at]!)) cases.push({ user, historyEnd: at, targets: [item[at]!] });
      had.add(item[at]!);
    }
    return cases;
  });
}

/** Where the history ends that a profile behind by `lag` knows. */
function endUnder({ interactions = 0, ms }: Lag, { start, atMs }: Dataset, { user, historyEnd }: HoldOutCase): number {
  const first = start[user]!;
  if (ms === undefined) return Math.max(first, historyEnd - interactions);
  let end = historyEnd;
  while (end > first && atMs[end - 1]! > atMs[historyEnd]! - ms) end--;
  return end;
}

/** What would have been answered at the time of the case with a history that ends there. */
async function askWith(historyEnd: number, held: HoldOutCase, dataset: Dataset, serving: Serving): Promise<number[]> {
  const history = historyIds(dataset, { ...held, historyEnd });
  return ask({ history, limit: DEPTH }, 'drop', dataset.atMs[held.historyEnd]!, serving);
}

function makeRows(lags: readonly Lag[], cases: readonly HoldOutCase[], rankings: readonly number[][][]): ReplayRow[] {
  const columns = rankings.map((of) => {
    const accuracy = measureAccuracy(cases, of);
    return FIGURES.map((figure) => meanByUser(cases, accuracy[figure])); // [figures][users]
  });
  const resampled = resampleMeans(columns.flat(), seededRandom(BOOTSTRAP_SEED));
  const drawsOf = (lag: number, figure: number) => resampled[lag * FIGURES.length + figure]!;
  const means = columns.map((of) => of.map(mean));
  const fresh = lags.indexOf(FRESH);
  return lags.map((lag, l) => ({
    name: lag.name,
    ...byFigure((f) => means[l]![f]!),
    interval: byFigure((f) => intervalOf(drawsOf(l, f))),
    ...(lag !== FRESH && {
      freshIsBetterBy: byFigure((f) => compareMeans(means[fresh]![f]! - means[l]![f]!, drawsOf(fresh, f), drawsOf(l, f))),
    }),
  }));
}

/** The mean of each user's cases -> [users] */
function meanByUser(cases: readonly HoldOutCase[], column: Float64Array): Float64Array {
  const byUser = Map.groupBy(column.keys(), (at) => cases[at]!.user);
  return Float64Array.from(byUser.values(), (places) => places.reduce((sum, at) => sum + column[at]!, 0) / places.length);
}

function byFigure<T>(of: (figure: number) => T): Record<Figure, T> {
  return Object.fromEntries(FIGURES.map((name, at) => [name, of(at)])) as Record<Figure, T>;
}
