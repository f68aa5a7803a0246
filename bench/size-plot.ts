import { EMPTY } from './routes.ts';
import { ORAMA, PLAIN, RECOMMENDATIONS, SCAN, type SizeFigures } from './size.ts';
import { escape, LEFT, logAxis, logScale, marker, page, PANEL, plainNumber, round } from './svg.ts';
import { CONNECTIONS } from './throughput.ts';

const LEGEND = 320;
const GAP = 24;
const LINE = 20;
const MARKER = 9;
const DRAWN = [RECOMMENDATIONS, EMPTY, PLAIN, SCAN, ORAMA];

export const drawP50 = (figures: readonly SizeFigures[]): string =>
  drawLines('p50 in ms, one connection', figures, ({ latency }, route) => latency[route]?.p50);

export const drawThroughput = (figures: readonly SizeFigures[]): string =>
  drawLines(`Requests a second, ${CONNECTIONS} connections`, figures, ({ throughput }, route) => throughput[route]);

/** A line a route over the number of items, both axes logarithmic, as an SVG; what was measured at one size only is a point. */
function drawLines(
  title: string,
  figures: readonly SizeFigures[],
  valueOf: (of: SizeFigures, route: string) => number | undefined,
): string {
  const sizes = figures.toSorted((a, b) => a.items - b.items);
  const series = DRAWN.map((name) => ({
    name,
    points: sizes.flatMap((each) => {
      const value = valueOf(each, name);
      return value === undefined ? [] : [{ items: each.items, value }];
    }),
  })).filter(({ points }) => points.length > 0);
  const bottom = PANEL.top + PANEL.height;
  const values = series.flatMap(({ points }) => points.map(({ value }) => value));
  const { at: y, powers } = logScale(values, bottom, -PANEL.height);
  const { x, drawn } = logAxis(
    sizes.map(({ items }) => items),
    LEFT,
    'items',
    plainNumber,
  );
  const legend = LEFT + PANEL.width + GAP;
  return page(`${title}, by size of the catalogue`, legend + LEGEND, bottom + 48, [
    `<text class="title" x="${LEFT}" y="24">${escape(title)}</text>`,
    ...powers.flatMap((power) => [
      `<path class="grid" d="M${LEFT} ${round(y(power))}h${PANEL.width}"/>`,
      `<text class="muted end" x="${LEFT - 8}" y="${round(y(power) + 4)}">${plainNumber(power)}</text>`,
    ]),
    ...drawn,
    ...series.flatMap(({ name, points }, at) => {
      const isServed = name === RECOMMENDATIONS;
      const places = points.map(({ items, value }) => ({ x: x(items), y: y(value) }));
      return [
        `<path class="line${isServed ? ' served' : ''}" d="M${places.map((place) => `${round(place.x)} ${round(place.y)}`).join('L')}"/>`,
        ...places.map((place) => marker(place.x, place.y, at + 1, isServed)),
        marker(legend + MARKER, PANEL.top + at * LINE, at + 1, isServed),
        `<text x="${legend + 26}" y="${PANEL.top + at * LINE + 4}">${escape(name)}</text>`,
      ];
    }),
  ]);
}
