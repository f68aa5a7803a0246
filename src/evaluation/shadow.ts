import type { Dataset } from '../dataset/dataset.ts';
import { seededRandom } from '../kernel/random.ts';
import type { Serving } from '../recommend/serving.ts';
import { ndcgAt, recallAt } from '../training/metrics.ts';
import { historyIds } from '../training/sequences.ts';
import { overlapAt, rankCorrelation } from './agreement.ts';
import { ask } from './ask.ts';
import { compareMeans, resampleMeans, type Difference } from './bootstrap.ts';
import { mean } from './measure.ts';

const TEN = 10;
const DEPTH = 20;
const BOOTSTRAP_SEED = 1;

/** Share of next items among the first ten, and how high they stand there, of one version. */
interface NextItemFigures {
  readonly 'recall@10': number;
  readonly 'ndcg@10': number;
}

/** What a version would answer, beside what the live one does. */
export interface ShadowReport {
  readonly candidate: string;
  readonly live: string;
  readonly measuredAt: string;
  /** Both were asked with so many histories, the newest first. */
  readonly histories: number;
  readonly agreement: {
    /** Share of the first ten that both show. */
    readonly overlapAt10: number;
    /** Kendall's tau of what both have in their first twenty; null where they share nothing. */
    readonly rankCorrelation: number | null;
  };
  /** Of what came after either had learnt: null where nothing did. */
  readonly nextItem: {
    readonly since: string;
    readonly cases: number;
    readonly live: NextItemFigures;
    readonly candidate: NextItemFigures;
    /** How much better the candidate is, over the same cases. */
    readonly difference: Readonly<Record<keyof NextItemFigures, Difference>>;
  } | null;
}

export interface ShadowOptions {
  /** Neither version has learnt from what came after this; undefined where nobody knows. */
  readonly sinceMs: number | undefined;
  readonly historiesMax: number;
  readonly nowMs: number;
  readonly onCase: (done: number, total: number) => void;
}

/** A user before an interaction: what was known, when, and what came. */
interface ShadowCase {
  readonly user: number;
  readonly historyEnd: number;
  readonly next: string;
  readonly atMs: number;
}

/**
 * Asks two versions the same, through the pipeline that serves: the newest interactions of a log with a history before them, at most `historiesMax`. Those after
 * `sinceMs` also tell which version found the next item. Rejects where the log has no history, or an answer was degraded.
 */
export async function shadow(live: Serving, candidate: Serving, dataset: Dataset, options: ShadowOptions): Promise<ShadowReport> {
  const { sinceMs, historiesMax, nowMs, onCase } = options;
  const cases = newestCases(dataset, historiesMax);
  if (cases.length === 0) throw new Error(`${dataset.name} has no interaction with another before it`);
  const answers: { readonly live: string[]; readonly candidate: string[] }[] = [];
  for (const [at, one] of cases.entries()) {
    const asked = { history: historyIds(dataset, { ...one, targets: [] }), limit: DEPTH };
    const atMs = Number.isNaN(one.atMs) ? nowMs : one.atMs;
    const idsOf = async (serving: Serving) => (await ask(asked, 'drop', atMs, serving)).map((row) => serving.snapshot.items.idOf(row));
    answers.push({ live: await idsOf(live), candidate: await idsOf(candidate) });
    onCase(at + 1, cases.length);
  }
  const correlations = answers.flatMap((answer) => rankCorrelation(answer.live, answer.candidate) ?? []);
  const overlaps = answers.map((answer) => overlapAt(TEN, answer.live, answer.candidate));
  return {
    candidate: candidate.snapshot.version,
    live: live.snapshot.version,
    measuredAt: new Date(nowMs).toISOString(),
    histories: cases.length,
    agreement: {
      overlapAt10: mean(Float64Array.from(overlaps)),
      rankCorrelation: correlations.length === 0 ? null : mean(Float64Array.from(correlations)),
    },
    nextItem: sinceMs === undefined ? null : measureNextItems(cases, answers, sinceMs),
  };
}

/** The newest interactions whose item is new to their user, who had something before it; the newest first. */
function newestCases({ users, start, item, items, atMs }: Dataset, most: number): ShadowCase[] {
  const all = users.flatMap((_, user) => {
    const had = new Set<number>();
    const cases: ShadowCase[] = [];
    for (let at = start[user]!; at < start[user + 1]!; at++) {
      if (had.size > 0 && !had.has(item[at]!)) cases.push({ user, historyEnd: at, next: items[item[at]!]!.id, atMs: atMs[at]! });
      had.add(item[at]!);
    }
    return cases;
  });
  return all.sort((a, b) => (b.atMs || 0) - (a.atMs || 0)).slice(0, most);
}

function measureNextItems(
  cases: readonly ShadowCase[],
  answers: readonly Readonly<Record<'live' | 'candidate', readonly string[]>>[],
  sinceMs: number,
): ShadowReport['nextItem'] {
  const unseen = [...cases.keys()].filter((at) => cases[at]!.atMs > sinceMs);
  if (unseen.length === 0) return null;
  const columnsOf = (which: 'live' | 'candidate') => {
    const ranks = unseen.map((at) => [answers[at]![which].indexOf(cases[at]!.next)].filter((rank) => rank >= 0));
    return {
      'recall@10': Float64Array.from(ranks, (of) => recallAt(TEN, of, 1)),
      'ndcg@10': Float64Array.from(ranks, (of) => ndcgAt(TEN, of, 1)),
    };
  };
  const columns = { live: columnsOf('live'), candidate: columnsOf('candidate') };
  const figuresOf = (of: Readonly<Record<keyof NextItemFigures, Float64Array>>) => ({
    'recall@10': mean(of['recall@10']),
    'ndcg@10': mean(of['ndcg@10']),
  });
  const compare = (name: keyof NextItemFigures) => {
    const [a, b] = [columns.candidate[name], columns.live[name]];
    const [drawnA, drawnB] = resampleMeans([a, b], seededRandom(BOOTSTRAP_SEED)) as [Float64Array, Float64Array];
    return compareMeans(mean(a) - mean(b), drawnA, drawnB);
  };
  return {
    since: new Date(sinceMs).toISOString(),
    cases: unseen.length,
    live: figuresOf(columns.live),
    candidate: figuresOf(columns.candidate),
    difference: { 'recall@10': compare('recall@10'), 'ndcg@10': compare('ndcg@10') },
  };
}
