import type { Evaluation } from '../evaluation/evaluate.ts';
import type { EvaluationRow } from '../evaluation/rows.ts';
import { count, table } from './output.ts';

interface Report extends Pick<Evaluation, 'rows' | 'omitted'> {
  readonly dataset: string;
  readonly protocol: string;
  readonly ties: string;
  readonly seeds?: Evaluation['seeds'];
}

/** The figures for people: with and without the items of the history, what lists do to the catalogue, and who beats whom. */
export function describeEvaluation({ dataset, protocol, ties, rows, omitted, seeds = [] }: Report): string[] {
  return [
    `${dataset}, ${protocol}, ties ${ties}, ${count(rows[0]!.cases)} test cases, every item ranked; means and 95 % intervals over users`,
    '',
    ...section('Items of the history left out', ACCURACY, (row, name) => row[name], rows, true),
    ...section('Items of the history allowed', ACCURACY, (row, name) => row.unfiltered[name], rows, false),
    ...table([
      ['The catalogue', 'coverage@10', 'Gini@10', 'novelty@10', 'diversity@10', 'settings (chosen on validation)'],
      ...rows.map((row) => [
        row.name,
        `${(100 * row['coverage@10']).toFixed(1)} %`,
        row['gini@10'].toFixed(3),
        `${row['novelty@10'].toFixed(2)} bits`,
        row['diversity@10'].toFixed(3),
        row.settings,
      ]),
    ]),
    ...rows.filter(({ versus }) => versus).flatMap(describeVersus),
    ...(seeds.length > 1
      ? ['', ...seeds.map((row) => `${row.name}, seed ${row.seed}: Recall@10 ${share(row['recall@10'])}, NDCG@10 ${share(row['ndcg@10'])}`)]
      : []),
    ...omitted.map(({ name, reason }) => `left out: ${name}: ${reason}`),
  ];
}

const ACCURACY = ['recall@5', 'recall@10', 'recall@20', 'ndcg@5', 'ndcg@10', 'ndcg@20', 'mrr'] as const;
type Name = (typeof ACCURACY)[number];

function section(
  title: string,
  names: readonly Name[],
  figure: (row: EvaluationRow, name: Name) => number,
  rows: readonly EvaluationRow[],
  intervals: boolean,
): string[] {
  const titles: Record<Name, string> = {
    'recall@5': 'Recall@5',
    'recall@10': 'Recall@10',
    'recall@20': 'Recall@20',
    'ndcg@5': 'NDCG@5',
    'ndcg@10': 'NDCG@10',
    'ndcg@20': 'NDCG@20',
    mrr: 'MRR@20',
  };
  const cell = (row: EvaluationRow, name: Name) => {
    const value = share(figure(row, name));
    return intervals && (name === 'recall@10' || name === 'ndcg@10') ? `${value} [${row.interval[name].map(share).join(', ')}]` : value;
  };
  return [
    ...table([[title, ...names.map((name) => titles[name])], ...rows.map((row) => [row.name, ...names.map((name) => cell(row, name))])]),
    '',
  ];
}

function describeVersus({ name, versus }: EvaluationRow): string[] {
  const lines = Object.entries(versus!).map(([baseline, { 'recall@10': recall, 'ndcg@10': ndcg }]) => [
    `${name} − ${baseline}`,
    ...[recall, ndcg].flatMap(({ difference, interval, p }) => [
      `${signed(difference)} [${interval.map(signed).join(', ')}]`,
      `p ${p.toFixed(3)}`,
    ]),
  ]);
  return ['', ...table([['Differences over the same users', 'Recall@10', '', 'NDCG@10', ''], ...lines])];
}

const share = (value: number) => value.toFixed(4);
const signed = (value: number) => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`;
