import type { Evaluation } from '../src/evaluation/evaluate.ts';
import type { Cost } from '../src/evaluation/measure.ts';
import type { EvaluationRow } from '../src/evaluation/rows.ts';

export type QualityRow = EvaluationRow & Cost;

/** What `bench/results/quality-<data>.json` holds. */
export interface QualityResults extends Pick<Evaluation, 'seeds' | 'omitted'> {
  readonly dataset: string;
  readonly protocol: string;
  readonly command: string;
  /** RFC 3339 */
  readonly date: string;
  readonly rows: readonly QualityRow[];
}

const BEGIN = '<!-- quality: written by `npm run bench:quality` -->';
const END = '<!-- /quality -->';

/** A table of Markdown a data set; of a column the best figure is bold. */
export function describeQuality(all: readonly QualityResults[]): string {
  return all.map((results) => tableOf(results).join('\n')).join('\n\n');
}

/** Puts `text` between the markers. Throws where a document has not both. */
export function replaceMarked(document: string, text: string): string {
  const [from, to] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`there is no place for the table of quality: ${BEGIN} … ${END}`);
  return `${document.slice(0, from + BEGIN.length)}\n\n${text}\n\n${document.slice(to)}`;
}

function tableOf({ dataset, protocol, command, date, rows }: QualityResults): string[] {
  const columns: readonly ((row: QualityRow) => number)[] = [
    (row) => row['recall@10'],
    (row) => row['ndcg@10'],
    (row) => row.unfiltered['recall@10'],
    (row) => row.unfiltered['ndcg@10'],
  ];
  const best = columns.map((figure) => Math.max(...rows.map(figure)));
  const cells = (row: QualityRow) =>
    columns.map((figure, at) => {
      const text = share(figure(row));
      return figure(row) === best[at] ? `**${text}**` : text;
    });
  return [
    `**${dataset}**, ${protocol}, ${rows[0]!.cases.toLocaleString('en-US')} cases, ${date.slice(0, 10)}, \`${command}\` ([all figures](bench/results/quality-${dataset}.json), [quality against cost](bench/results/quality-${dataset}.svg)):`,
    '',
    '| | Recall@10 | NDCG@10 | 95 % of NDCG@10 | Recall@10, seen allowed | NDCG@10, seen allowed | coverage@10 |',
    '|---|--:|--:|--:|--:|--:|--:|',
    ...rows.map((row) => {
      const [recall, ndcg, ...unfiltered] = cells(row);
      const interval = row.interval['ndcg@10'].map(share).join('–');
      return `| ${[row.name, recall, ndcg, interval, ...unfiltered, `${(100 * row['coverage@10']).toFixed(1)} %`].join(' | ')} |`;
    }),
  ];
}

/** .0862 */
function share(value: number): string {
  return value.toFixed(4).replace(/^0/, '');
}
