/** What the drawings of the benches have in common. */

/** Colours that follow the reader's preference; class `served` is what is served. */
const STYLE = `
  .page { fill: #fff } text { font: 12px system-ui, sans-serif; fill: #24292f } .title { font-size: 15px; font-weight: 600 } .muted { fill: #57606a }
  .grid { stroke: #d0d7de } circle { fill: #57606a } .served { fill: #0969da } .number { fill: #fff; font-size: 10px; text-anchor: middle }
  .line { fill: none; stroke: #57606a; stroke-width: 1.5 } .line.served { fill: none; stroke: #0969da; stroke-width: 2.5 }
  .end { text-anchor: end } .middle { text-anchor: middle }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117 } text { fill: #e6edf3 } .muted { fill: #8d96a0 } .grid { stroke: #30363d } circle { fill: #8d96a0 } .served { fill: #58a6ff } .number { fill: #0d1117 }
    .line { stroke: #8d96a0 } .line.served { stroke: #58a6ff }
  }`;

export const PANEL = { width: 300, height: 300, top: 56 };
export const LEFT = 64;
const RADIUS = 9;

/** A page of this size with a title for readers of screens. */
export function page(title: string, width: number, height: number, content: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escape(title)}</title><style>${STYLE}</style>`,
    '<rect class="page" width="100%" height="100%"/>',
    ...content,
    '</svg>\n',
  ].join('\n');
}

/** A horizontal axis of powers of ten that holds all these values: where each value is, and the lines and labels of the powers. */
export function logAxis(values: readonly number[], left: number, label: string, format: (value: number) => string) {
  const { at, powers } = logScale(values, left, PANEL.width);
  const bottom = PANEL.top + PANEL.height;
  return {
    x: at,
    drawn: [
      ...powers.flatMap((power) => [
        `<path class="grid" d="M${round(at(power))} ${PANEL.top}v${PANEL.height}"/>`,
        `<text class="muted middle" x="${round(at(power))}" y="${bottom + 18}">${format(power)}</text>`,
      ]),
      `<text class="middle" x="${left + PANEL.width / 2}" y="${bottom + 38}">${label}</text>`,
    ],
  };
}

/** Places from `start` on over `length`, a power of ten at either end, for values above zero. */
export function logScale(values: readonly number[], start: number, length: number) {
  const exponents = values.map((value) => Math.log10(Math.max(value, Number.MIN_VALUE)));
  const from = Math.floor(Math.min(...exponents));
  const to = Math.max(Math.ceil(Math.max(...exponents)), from + 1);
  return {
    at: (value: number) => start + ((Math.log10(Math.max(value, Number.MIN_VALUE)) - from) / (to - from)) * length,
    powers: Array.from({ length: to - from + 1 }, (_, at) => 10 ** (from + at)),
  };
}

/** A numbered disc, which the legend says the name of. */
export function marker(x: number, y: number, number: number, isServed: boolean): string {
  const kind = isServed ? ' class="served"' : '';
  return `<circle${kind} cx="${round(x)}" cy="${round(y)}" r="${RADIUS}"/><text class="number" x="${round(x)}" y="${round(y + 3.5)}">${number}</text>`;
}

export const round = (value: number): number => Number(value.toFixed(1));
export const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** `1e-7` as itself, `0.1` and `20` without needless digits. */
export const plainNumber = (value: number): string =>
  value >= 1_000 ? value.toLocaleString('en-US') : String(Number(value.toPrecision(1)));
