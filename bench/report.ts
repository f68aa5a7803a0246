import { count, table } from '../src/cli/output.ts';
import type { Machine } from './machine.ts';
import type { Figures } from './ratios.ts';
import type { LatencyByRoute } from './latency.ts';
import { SIZE_HEAD, sizeRows } from './size-report.ts';
import type { Latency, Spread } from './statistics.ts';
import { isMet, type Target } from './targets.ts';
import { CONNECTIONS, type RateByRoute } from './throughput.ts';

export interface Results {
  /** RFC 3339 */
  readonly date: string;
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  readonly model: { readonly catalogue: string; readonly items: number };
  /** Whether it was a short run, good for a look and not for a record. */
  readonly quick: boolean;
  readonly figures: Figures;
  readonly ratios: Readonly<Record<string, number>>;
  readonly targets: readonly Target[];
}

/** Drawings beside the table, of the synthetic catalogues. */
export const P50_PLOT = 'latest-p50.svg';
export const THROUGHPUT_PLOT = 'latest-throughput.svg';

interface Section {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** For a terminal. */
export function describeResults(results: Results): string[] {
  const sections = sectionsOf(results).flatMap(({ title, head, rows }) => [
    '',
    title,
    ...table([head, ...rows]).map((line) => `  ${line}`),
  ]);
  return [...provenance(results), ...sections];
}

export function describeInMarkdown(results: Results): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const sections = sectionsOf(results).flatMap(({ title, head, rows }) => [
    '',
    `## ${title}`,
    '',
    line(head),
    line(head.map((_, column) => (column === 0 ? '---' : '--:'))),
    ...rows.map(line),
  ]);
  const plots = [`![p50 by size of the catalogue](${P50_PLOT})`, `![requests a second by size of the catalogue](${THROUGHPUT_PLOT})`];
  return ['# Bench', '', ...provenance(results).map((text) => `- ${text}`), '', ...plots, ...sections, ''].join('\n');
}

function provenance({ date, machine, versions, model, quick }: Results): string[] {
  return [
    `${date}${quick ? ', a quick run' : ''}`,
    `${machine.cpu}, ${machine.cores} cores, load ${machine.load.toFixed(1)} before the bench${machine.load > 1 ? ': other work took part, trust ratios and CPU time' : ''}`,
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
    `model ${model.catalogue}, ${count(model.items)} items`,
  ];
}

function sectionsOf({ figures, ratios, targets }: Results): Section[] {
  const { warm, stateful, cold, sizes, scan, encoder } = figures;
  return [
    { title: 'Targets', head: ['what', 'measured', 'target', ''], rows: targets.map(targetRow) },
    latencySection("Warm, one connection, workerd's own socket", warm.direct),
    latencySection("Warm, one connection, through Miniflare's entry Worker", warm.throughEntry),
    throughputSection(`Warm, ${CONNECTIONS} connections`, warm.throughput),
    {
      title: 'Warm, at a fixed rate, from the moment a request was due',
      head: ['requests/s', 'route', ...LATENCY_HEAD],
      rows: warm.fixedRate.flatMap(({ perSecond, latency }) =>
        Object.entries(latency).map(([name, each]) => [count(perSecond), name, ...latencyCells(each)]),
      ),
    },
    latencySection(
      `Stateful, one connection; the language model was called ${count(stateful.calls)} times, never waited for`,
      stateful.latency,
    ),
    throughputSection(`Stateful, ${CONNECTIONS} connections`, stateful.throughput),
    { title: 'Synthetic catalogues', head: SIZE_HEAD, rows: sizeRows(sizes) },
    {
      title: 'Cold isolate, ms from the first request',
      head: ['answer', 'min', 'median'],
      rows: [
        ['empty route', ...spreadCells(cold.empty)],
        ['first recommendations (degraded)', ...spreadCells(cold.first)],
        ['first full recommendations', ...spreadCells(cold.full)],
        ['slowest answer until then', ...spreadCells(cold.slowest)],
      ],
    },
    {
      title: 'Scan, top 200 of 64-d int8, ms',
      head: ['items', 'min', 'median', 'recall@200', 'MB'],
      rows: scan.map(({ items, recall, memoryBytes, ...spread }) => [
        count(items),
        ...spreadCells(spread),
        recall.toFixed(4),
        (memoryBytes / 2 ** 20).toFixed(1),
      ]),
    },
    {
      title: 'Encoder alone, ms',
      head: ['history', 'min', 'median'],
      rows: encoder.map(({ length, ...spread }) => [String(length), ...spreadCells(spread)]),
    },
    { title: 'Ratios', head: ['name', 'value'], rows: Object.entries(ratios).map(([name, value]) => [name, value.toFixed(2)]) },
  ];
}

function targetRow(target: Target): string[] {
  const { name, unit, bound, wanted, measured } = target;
  return [name, `${measured.toFixed(2)} ${unit}`, `${bound} ${wanted} ${unit}`, isMet(target) ? 'met' : 'MISSED'];
}

const LATENCY_HEAD = ['p50 ms', 'p90 ms', 'p99 ms', 'p99.9 ms'];
const latencyCells = ({ p50, p90, p99, p999 }: Latency) => [p50, p90, p99, p999].map((ms) => ms.toFixed(3));

function latencySection(title: string, latency: LatencyByRoute): Section {
  return {
    title,
    head: ['route', ...LATENCY_HEAD, 'requests/s', 'CPU ms'],
    rows: Object.entries(latency).map(([name, each]) => [
      name,
      ...latencyCells(each),
      count(Math.round(each.perSecond)),
      each.cpuMs?.toFixed(3) ?? 'unknown',
    ]),
  };
}

function throughputSection(title: string, throughput: RateByRoute): Section {
  return { title, head: ['route', 'requests/s'], rows: Object.entries(throughput).map(([name, rate]) => [name, count(Math.round(rate))]) };
}

function spreadCells({ min, median }: Spread): string[] {
  return [min, median].map((ms) => (ms < 10 ? ms.toFixed(3) : ms.toFixed(1)));
}
