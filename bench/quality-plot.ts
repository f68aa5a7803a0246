import type { QualityRow } from './quality-table.ts';

type Point = Pick<QualityRow, 'name' | 'ndcg@10' | 'bytes' | 'msPerRequest'>;

const PANEL = { width: 300, height: 300, top: 56 };
const LEFT = 64;
const GAP = 64;
const LEGEND = 240;
const LINE = 20;
const RADIUS = 9;

/** Colours that follow the reader's preference. */
const STYLE = `
  .page { fill: #fff } text { font: 12px system-ui, sans-serif; fill: #24292f } .title { font-size: 15px; font-weight: 600 } .muted { fill: #57606a }
  .grid { stroke: #d0d7de } circle { fill: #57606a } .served { fill: #0969da } .number { fill: #fff; font-size: 10px; text-anchor: middle }
  .end { text-anchor: end } .middle { text-anchor: middle }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117 } text { fill: #e6edf3 } .muted { fill: #8d96a0 } .grid { stroke: #30363d } circle { fill: #8d96a0 } .served { fill: #58a6ff } .number { fill: #0d1117 }
  }`;

/** NDCG@10 against bytes and against milliseconds a request, both on logarithmic axes, as an SVG; numbers stand for the names beside it. */
export function drawQuality(title: string, rows: readonly Point[]): string {
  const points = rows.toSorted((a, b) => b['ndcg@10'] - a['ndcg@10']);
  const top = niceAbove(points[0]!['ndcg@10']);
  const y = (ndcg: number) => PANEL.top + PANEL.height * (1 - ndcg / top);
  const second = LEFT + PANEL.width + GAP;
  const legend = second + PANEL.width + GAP;
  const width = legend + LEGEND;
  const height = PANEL.top + Math.max(PANEL.height + 48, points.length * LINE + 16);
  const ticks = Array.from({ length: 5 }, (_, at) => (top * at) / 4);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escape(title)}: quality against cost</title><style>${STYLE}</style>`,
    '<rect class="page" width="100%" height="100%"/>',
    `<text class="title" x="${LEFT}" y="24">${escape(title)}: NDCG@10</text>`,
    ...ticks.map((tick) => `<text class="muted end" x="${LEFT - 8}" y="${round(y(tick) + 4)}">${tick.toFixed(3)}</text>`),
    ...panel(LEFT, 'bytes of the model', points, ({ bytes }) => bytes, formatBytes, ticks, y),
    ...panel(second, 'milliseconds a request', points, ({ msPerRequest }) => msPerRequest, formatMs, ticks, y),
    ...points.flatMap(({ name, 'ndcg@10': ndcg }, at) => [
      marker(legend + RADIUS, PANEL.top + at * LINE, name, at),
      `<text x="${legend + 26}" y="${PANEL.top + at * LINE + 4}">${escape(name)} <tspan class="muted">${ndcg.toFixed(4)}</tspan></text>`,
    ]),
    '</svg>\n',
  ].join('\n');
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
  const costs = points.map((point) => Math.log10(Math.max(cost(point), Number.MIN_VALUE)));
  const [from, to] = [Math.floor(Math.min(...costs)), Math.max(Math.ceil(Math.max(...costs)), Math.floor(Math.min(...costs)) + 1)];
  const x = (exponent: number) => left + ((exponent - from) / (to - from)) * PANEL.width;
  const bottom = PANEL.top + PANEL.height;
  const powers = Array.from({ length: to - from + 1 }, (_, at) => from + at);
  return [
    ...ticks.map((tick) => `<path class="grid" d="M${left} ${round(y(tick))}h${PANEL.width}"/>`),
    ...powers.flatMap((power) => [
      `<path class="grid" d="M${round(x(power))} ${PANEL.top}v${PANEL.height}"/>`,
      `<text class="muted middle" x="${round(x(power))}" y="${bottom + 18}">${format(10 ** power)}</text>`,
    ]),
    `<text class="middle" x="${left + PANEL.width / 2}" y="${bottom + 38}">${label}</text>`,
    ...points.map((point, at) => marker(x(costs[at]!), y(point['ndcg@10']), point.name, at)),
  ];
}

function marker(x: number, y: number, name: string, at: number): string {
  const kind = name.startsWith('served') ? ' class="served"' : '';
  return `<circle${kind} cx="${round(x)}" cy="${round(y)}" r="${RADIUS}"/><text class="number" x="${round(x)}" y="${round(y + 3.5)}">${at + 1}</text>`;
}

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
const round = (value: number) => Number(value.toFixed(1));
const escape = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
