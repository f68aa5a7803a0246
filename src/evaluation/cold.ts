/** What an item is worth to a recommender before it has a past: items are kept from training and come with the next refresh. */
import type { Artefacts, Snapshot } from '../catalog/snapshot.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { Item } from '../domain/item.ts';
import { seededRandom } from '../kernel/random.ts';
import { Serving } from '../recommend/serving.ts';
import { recallAt } from '../training/metrics.ts';
import { loadEngine } from '../training/open-serving.ts';
import type { Split } from '../training/split.ts';
import { ask } from './ask.ts';
import { intervalOf, resampleMeans, type Interval } from './bootstrap.ts';
import { coldCases, firstBehaviour, type ColdCase } from './cold-cases.ts';
import { mean } from './measure.ts';
import { refreshWith } from './refreshed.ts';

const DEPTH = 50;
/** How deep the other items are looked for. */
const DEPTH_KNOWN = 10;
/** Interactions with each new item that the last row knows. */
const FOLDED = 5;
const BOOTSTRAP_SEED = 1;

/** Means over cases. */
export interface ColdRow {
  readonly name: string;
  /** Of targets that are new, among all items; over cases that have some. */
  readonly 'recall@50': number;
  /** 95 % over cases */
  readonly interval: Interval;
  /** Of all other targets: what new items cost them. */
  readonly 'known recall@10': number;
  /** Share of the first 50 places that new items take. */
  readonly shown: number;
}

export interface ColdEvaluation {
  readonly items: number;
  readonly fresh: number;
  readonly cases: number;
  readonly rows: readonly ColdRow[];
}

/** The best `DEPTH` ids for a case, best first. */
type Ranker = (held: ColdCase) => Promise<readonly string[]>;

/**
 * Measures a model on all `dataset`, that was trained without the items `hidden`: they come with a refresh, first with their text alone, then with what users
 * did in the first interactions with each. All items are ranked. `split` is of `dataset`.
 */
export async function measureCold(
  dataset: Dataset,
  split: Split,
  hidden: readonly Item[],
  artefacts: Artefacts,
  onCase: (name: string, done: number, total: number) => void,
): Promise<ColdEvaluation> {
  const ids = new Set(hidden.map(({ id }) => id));
  const isNew = (id: string) => ids.has(id);
  const cases = coldCases(dataset, split, isNew);
  const engine = await loadEngine();
  const behaviours = firstBehaviour(dataset, split, isNew, FOLDED);
  const rows: ColdRow[] = [];
  const add = async (name: string, ranker: Ranker) => {
    rows.push(await measureRow(name, cases, isNew, ranker, onCase));
  };

  const random = seededRandom(BOOTSTRAP_SEED);
  await add('random', async ({ history }) => drawItems(dataset, new Set(history), random));
  await add('popularity', popularityOf(dataset, split, isNew));
  await add(
    'popularity, of new items too',
    popularityOf(dataset, split, () => false),
  );
  const versions = [
    ['served before the refresh', await refreshWith(artefacts, [], [], engine)],
    ['text', await refreshWith(artefacts, hidden, [], engine)],
    [`text and ${FOLDED} interactions`, await refreshWith(artefacts, hidden, behaviours, engine)],
  ] as const;
  for (const [name, snapshot] of versions) {
    const serving = new Serving(snapshot, engine);
    await serving.startEncoder(0);
    await add(name, async ({ history, atMs }) => idsOf(await ask({ history, limit: DEPTH }, 'drop', atMs, serving), snapshot));
    serving.retire();
  }
  return { items: dataset.items.length, fresh: hidden.length, cases: cases.filter(({ fresh }) => fresh.length > 0).length, rows };
}

async function measureRow(
  name: string,
  cases: readonly ColdCase[],
  isNew: (id: string) => boolean,
  ranker: Ranker,
  onCase: (name: string, done: number, total: number) => void,
): Promise<ColdRow> {
  const [recalls, known, shown]: [number[], number[], number[]] = [[], [], []];
  for (const [at, held] of cases.entries()) {
    const ranking = await ranker(held);
    if (held.fresh.length > 0) recalls.push(recallOf(held.fresh, ranking, DEPTH));
    if (held.known.length > 0) known.push(recallOf(held.known, ranking, DEPTH_KNOWN));
    shown.push(ranking.filter(isNew).length / DEPTH);
    onCase(name, at + 1, cases.length);
  }
  const column = Float64Array.from(recalls);
  const [resampled] = resampleMeans([column], seededRandom(BOOTSTRAP_SEED));
  return {
    name,
    'recall@50': mean(column),
    interval: intervalOf(resampled!),
    'known recall@10': mean(Float64Array.from(known)),
    shown: mean(Float64Array.from(shown)),
  };
}

function recallOf(targets: readonly string[], ranking: readonly string[], depth: number): number {
  const ranks = targets.map((id) => ranking.indexOf(id)).filter((rank) => rank >= 0);
  return recallAt(depth, ranks, targets.length);
}

/** What was bought most before the test; of items of which `isUnknown` nothing was counted. */
function popularityOf({ items, item, start }: Dataset, { knownEnd }: Split, isUnknown: (id: string) => boolean): Ranker {
  const counts = new Float64Array(items.length);
  knownEnd.forEach((end, user) => item.subarray(start[user], end).forEach((row) => counts[row]!++));
  items.forEach(({ id }, row) => isUnknown(id) && (counts[row] = 0));
  const order = Array.from(counts.keys())
    .sort((a, b) => counts[b]! - counts[a]!)
    .map((row) => items[row]!.id);
  return async ({ history }) => {
    const seen = new Set(history);
    return order.filter((id) => !seen.has(id)).slice(0, DEPTH);
  };
}

function drawItems({ items }: Dataset, seen: ReadonlySet<string>, random: () => number): string[] {
  const drawn = new Set<string>();
  while (drawn.size < DEPTH) {
    const { id } = items[Math.floor(random() * items.length)]!;
    if (!seen.has(id)) drawn.add(id);
  }
  return [...drawn];
}

const idsOf = (rows: readonly number[], { items }: Snapshot) => rows.map((row) => items.idOf(row));
