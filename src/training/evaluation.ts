import type { Dataset } from '../dataset/dataset.ts';
import { recommend } from '../recommend/recommend.ts';
import type { Serving } from '../recommend/serving.ts';
import { Stopwatch } from '../recommend/stopwatch.ts';
import { BASELINES, type Ranker } from './baselines.ts';
import { ndcgAt, recallAt } from './metrics.ts';
import { historyIds, knownBefore } from './sequences.ts';
import type { HoldOutCase, Split } from './split.ts';

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
export function evaluateBaselines(dataset: Dataset, split: Split, onCase: OnCase): EvaluationRow[] {
  const rowsOf = (ranker: Ranker, cases: readonly HoldOutCase[], name: string) =>
    cases.map(({ user, historyEnd }, at) => {
      onCase(name, at + 1, cases.length);
      return ranker(dataset.item.subarray(dataset.start[user], historyEnd), DEPTH);
    });
  return BASELINES.map(({ name, variants }) => {
    const choices = [...variants(knownBefore('validation', dataset, split))];
    const [best] = choices
      .map(([settings, ranker]) => ({
        settings,
        ndcg:
          choices.length > 1 ? measure(name, settings, split.validation, rowsOf(ranker, split.validation, name), dataset)['ndcg@10'] : 0,
      }))
      .sort((a, b) => b.ndcg - a.ndcg);
    const { settings } = best!;
    const ranker = variants(knownBefore('test', dataset, split)).get(settings)!;
    return measure(name, settings, split.test, rowsOf(ranker, split.test, name), dataset);
  });
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
