/** What feedback is worth within one session: customers who look for what they did buy, with a shop that listens and one that does not. */
import type { Dataset } from '../dataset/dataset.ts';
import { seededRandom } from '../kernel/random.ts';
import type { Serving } from '../recommend/serving.ts';
import { historyIds } from '../training/sequences.ts';
import type { HoldOutCase, Split } from '../training/split.ts';
import { ask } from './ask.ts';
import { compareMeans, intervalOf, resampleMeans, type Difference, type Interval } from './bootstrap.ts';
import { mean } from './measure.ts';

const SHOWN = 10;
const ROUNDS = 10;
const BOOTSTRAP_SEED = 1;

/** After so many pages: the share of the wanted items that was shown, and what feedback added to it. */
export interface SimulatedRound {
  readonly round: number;
  readonly withFeedback: number;
  readonly without: number;
  /** 95 % over users */
  readonly interval: { readonly withFeedback: Interval; readonly without: Interval };
  readonly gain: Difference;
}

export interface Simulation {
  readonly users: number;
  readonly rounds: readonly SimulatedRound[];
}

/**
 * Every customer of the test wants what the session held out of the model contains and at least two items of it. A page of ten is
 * shown, never an item twice; the customer takes what is wanted of it, and nothing by chance. With feedback the taken items are
 * the newest of the history when the next page is asked for; without it the history stays what it was before the session. Both
 * shops leave out what was shown. Rejects where no session has two items.
 */
export async function simulate(
  dataset: Dataset,
  split: Split,
  serving: Serving,
  onCase: (done: number, total: number) => void,
): Promise<Simulation> {
  const sessions = split.test.filter(({ targets }) => targets.length > 1);
  if (sessions.length === 0) {
    throw new Error(`${dataset.name}, ${split.protocol}: no session of the test has two new items. Train with --protocol last-basket.`);
  }
  const columns = { withFeedback: emptyColumns(sessions.length), without: emptyColumns(sessions.length) }; // [ROUNDS][users]
  for (const [at, held] of sessions.entries()) {
    for (const shop of ['withFeedback', 'without'] as const) {
      const found = await visit(dataset, held, serving, shop === 'withFeedback');
      found.forEach((share, round) => (columns[shop][round]![at] = share));
    }
    onCase(at + 1, sessions.length);
  }
  return { users: sessions.length, rounds: makeRounds(columns.withFeedback, columns.without) };
}

/** One customer's session -> the share of the wanted items found after each page, [ROUNDS]. */
async function visit(dataset: Dataset, held: HoldOutCase, serving: Serving, listens: boolean): Promise<number[]> {
  const atMs = dataset.atMs[held.historyEnd]!;
  const wanted = new Set(held.targets);
  const history = historyIds(dataset, held);
  const idOf = (row: number) => dataset.items[row]!.id;
  const shown: string[] = [];
  const shares: number[] = [];
  let found = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const page = await ask({ history, limit: SHOWN, exclude: shown }, 'drop', atMs, serving);
    const taken = page.filter((row) => wanted.has(row));
    shown.push(...page.map(idOf));
    found += taken.length;
    if (listens) history.push(...taken.map(idOf));
    shares.push(found / wanted.size);
  }
  return shares;
}

function makeRounds(withFeedback: readonly Float64Array[], without: readonly Float64Array[]): SimulatedRound[] {
  const resampled = resampleMeans([...withFeedback, ...without], seededRandom(BOOTSTRAP_SEED));
  return withFeedback.map((column, round) => {
    const [on, off] = [resampled[round]!, resampled[ROUNDS + round]!];
    const [meanOn, meanOff] = [mean(column), mean(without[round]!)];
    return {
      round: round + 1,
      withFeedback: meanOn,
      without: meanOff,
      interval: { withFeedback: intervalOf(on), without: intervalOf(off) },
      gain: compareMeans(meanOn - meanOff, on, off),
    };
  });
}

function emptyColumns(users: number): Float64Array[] {
  return Array.from({ length: ROUNDS }, () => new Float64Array(users));
}
