import type { QualityRow } from './quality-table.ts';
import { escape, LEFT, logAxis, marker, page, PANEL, round } from './svg.ts';

type Point = Pick<QualityRow, 'name' | 'ndcg@10' | 'bytes' | 'msPerRequest'>;

const GAP = 64;
const LEGEND = 240;
const LINE = 20;
const MARKER = 9;

/** NDCG@10 against bytes and against milliseconds a request, both on logarithmic axes, as an SVG; numbers stand for the names beside it. */
export function drawQuality(title: string, rows: readonly Point[]): string {
  const points = rows.toSorted((a, b) => b['ndcg@10'] - a['ndcg@10']);
  const top = niceAbove(points[0]!['ndcg@10']);
  const y = (ndcg: number) => PANEL.top + PANEL.height * (1 - ndcg / top);
  const second = LEFT + PANEL.width + GAP;
  const legend = second + PANEL.width + GAP;
  const height = PANEL.top + Math.max(PANEL.height + 48, points.length * LINE + 16);
  const ticks = Array.from({ length: 5 }, (_, at) => (top * at) / 4);
  return page(`${title}: quality against cost`, legend + LEGEND, height, [
    `<text class="title" x="${LEFT}" y="24">${escape(title)}: NDCG@10</text>`,
    ...ticks.map((tick) => `<text class="muted end" x="${LEFT - 8}" y="${round(y(tick) + 4)}">${tick.toFixed(3)}</text>`),
    ...panel(LEFT, 'bytes of the model', points, ({ bytes }) => bytes, formatBytes, ticks, y),
    ...panel(second, 'milliseconds a request', points, ({ msPerRequest }) => msPerRequest, formatMs, ticks, y),
    ...points.flatMap(({ name, 'ndcg@10': ndcg }, at) => [
      marker(legend + MARKER, PANEL.top + at * LINE, at + 1, isServed(name)),
      `<text x="${legend + 26}" y="${PANEL.top + at * LINE + 4}">${escape(name)} <tspan class="muted">${ndcg.toFixed(4)}</tspan></text>`,
    ]),
  ]);
}

function panel(
  left: number,
  label: string,
  points: readonly Point[],
  cost: (point: Point) => number,
  format: (value: number) => string,
  ticks: readonly number[],
  y: (ndcg: number) => number,
): string[] {
  const { x, drawn } = logAxis(points.map(cost), left, label, format);
  return [
    ...ticks.map((tick) => `<path class="grid" d="M${left} ${round(y(tick))}h${PANEL.width}"/>`),
    ...drawn,
    ...points.map((point, at) => marker(x(cost(point)), y(point['ndcg@10']), at + 1, isServed(point.name))),
  ];
}

const isServed = (name: string) => name.startsWith('served');

/** The next number above whose quarters read well. */
function niceAbove(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1e-4)));
  return [1, 2, 4, 8, 10].map((times) => times * power).find((nice) => nice > value) ?? 20 * power;
}

function formatBytes(bytes: number): string {
  const [unit, size] = bytes >= 1e9 ? ['GB', 1e9] : bytes >= 1e6 ? ['MB', 1e6] : bytes >= 1e3 ? ['kB', 1e3] : ['B', 1];
  return `${bytes / size} ${unit}`;
}

const formatMs = (ms: number) => String(Number(ms.toPrecision(1)));
