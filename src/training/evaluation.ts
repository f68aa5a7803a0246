import type { Dataset } from '../dataset/dataset.ts';
import { recommend } from '../recommend/recommend.ts';
import type { Serving } from '../recommend/serving.ts';
import { Stopwatch } from '../recommend/stopwatch.ts';
import { BASELINES, type Ranker } from './baselines.ts';
import { ndcgAt, recallAt } from './metrics.ts';
import { historyIds, knownBefore } from './sequences.ts';
import type { HoldOutCase, Phase, Split } from './split.ts';

/** How deep rankings are read. */
const DEPTH = 20;

/** One method on one set of cases. */
export interface EvaluationRow {
  readonly name: string;
  /** Settings chosen on the validation cases. */
  readonly settings: string;
  readonly cases: number;
  readonly 'recall@10': number;
  readonly 'ndcg@10': number;
  /** Share of the catalogue that is among somebody's first 10. */
  readonly 'coverage@10': number;
}

export type OnCase = (method: string, done: number, total: number) => void;

/** Measures every baseline on the test cases, each with the settings that were best on the validation cases. */
export async function evaluateBaselines(dataset: Dataset, split: Split, onCase: OnCase): Promise<EvaluationRow[]> {
  const rows: EvaluationRow[] = [];
  for (const { name, variants } of BASELINES) {
    const measureOn = (phase: Phase, settings: string, ranker: Ranker) => {
      const cases = split[phase];
      const rankings = cases.map(({ user, historyEnd }, at) => {
        onCase(name, at + 1, cases.length);
        return ranker(dataset.item.subarray(dataset.start[user], historyEnd), DEPTH);
      });
      return measure(name, settings, cases, rankings, dataset);
    };
    const choices = await variants(knownBefore('validation', dataset, split));
    if (choices.size === 0) continue;
    const tried = choices.size === 1 ? [] : Array.from(choices, ([settings, ranker]) => measureOn('validation', settings, ranker));
    const best = tried.sort((a, b) => b['ndcg@10'] - a['ndcg@10'])[0]?.settings ?? [...choices.keys()][0]!;
    const known = await variants(knownBefore('test', dataset, split));
    rows.push(measureOn('test', best, known.get(best)!));
  }
  return rows;
}

/** Measures what a client would get: the answers of `recommend` with the items of the history dropped. */
export async function evaluateServed(dataset: Dataset, split: Split, serving: Serving, onCase: OnCase): Promise<EvaluationRow> {
  const rankings: number[][] = [];
  for (const [at, held] of split.test.entries()) {
    const request = { history: historyIds(dataset, held), limit: DEPTH, exclude: [], seen: 'drop' as const };
    const { items, degraded } = await recommend(request, serving, new Stopwatch(() => 0));
    if (degraded.length > 0) throw new Error(`an answer was degraded: ${degraded.join()}`);
    rankings.push(items.map(({ id }) => serving.snapshot.rowOf.get(id)!));
    onCase('served', at + 1, split.test.length);
  }
  return measure('served', 'as published', split.test, rankings, dataset);
}

function measure(
  name: string,
  settings: string,
  cases: readonly HoldOutCase[],
  rankings: readonly number[][],
  dataset: Dataset,
): EvaluationRow {
  let recall = 0;
  let ndcg = 0;
  const shown = new Set<number>();
  cases.forEach(({ targets }, at) => {
    const ranking = rankings[at]!;
    const ranks = targets.flatMap((target) => {
      const rank = ranking.indexOf(target);
      return rank < 0 ? [] : [rank];
    });
    recall += recallAt(10, ranks, targets.length);
    ndcg += ndcgAt(10, ranks, targets.length);
    for (const row of ranking.slice(0, 10)) shown.add(row);
  });
  return {
    name,
    settings,
    cases: cases.length,
    'recall@10': recall / cases.length,
    'ndcg@10': ndcg / cases.length,
    'coverage@10': shown.size / dataset.items.length,
  };
}
