import { expect, test } from 'vitest';
import { EMPTY } from '../../../bench/routes.ts';
import { drawP50, drawThroughput } from '../../../bench/size-plot.ts';
import { ORAMA, PLAIN, RECOMMENDATIONS, SCAN } from '../../../bench/size.ts';
import { sizeFigures } from './figures.ts';

const figures = [
  sizeFigures(50_000, { [EMPTY]: 0.2, [RECOMMENDATIONS]: 2, [PLAIN]: 6, [SCAN]: 0.5 }),
  sizeFigures(12_000, { [EMPTY]: 0.2, [RECOMMENDATIONS]: 1, [PLAIN]: 1.5, [SCAN]: 0.4, [ORAMA]: 4 }),
];

test('a line a route, a disc a measurement and one in the legend', () => {
  const svg = drawP50(figures);
  expect(svg.match(/class="line/g)).toHaveLength(5);
  expect(svg.match(/<circle/g)).toHaveLength(9 + 5);
  expect(svg.match(/class="line served"/g)).toHaveLength(1);
  expect(svg).not.toMatch(/NaN|undefined|Infinity/);
});

test('lines go from the smaller to the larger catalogue, and up where it takes longer', () => {
  const [, x0, y0, x1, y1] = /class="line served" d="M([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)"/.exec(drawP50(figures))!.map(Number);
  expect(x1).toBeGreaterThan(x0!);
  expect(y1).toBeLessThan(y0!);
});

test('what was measured nowhere has no line', () => {
  const svg = drawThroughput([sizeFigures(4_000, { [EMPTY]: 0.2, [RECOMMENDATIONS]: 1, [PLAIN]: 1.5, [SCAN]: 0.4 })]);
  expect(svg).not.toContain(ORAMA);
  expect(svg.match(/class="line/g)).toHaveLength(4);
  expect(svg).not.toMatch(/NaN|undefined|Infinity/);
});
