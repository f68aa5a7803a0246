import { describe, expect, test } from 'vitest';
import { drawQuality } from '../../../bench/quality-plot.ts';
import { describeQuality, replaceMarked, type QualityResults, type QualityRow } from '../../../bench/quality-table.ts';
import { describeEvaluation } from '../../../src/cli/evaluation-report.ts';

function rowOf(name: string, ndcg: number): QualityRow {
  const accuracy = { 'recall@5': 0.1, 'recall@10': 0.2, 'recall@20': 0.3, 'ndcg@5': 0.05, 'ndcg@10': ndcg, 'ndcg@20': 0.09, mrr: 0.07 };
  return {
    name,
    settings: '-',
    cases: 1234,
    ...accuracy,
    'coverage@10': 0.5,
    'gini@10': 0.9,
    'novelty@10': 8,
    'diversity@10': 0.7,
    interval: { 'recall@10': [0.19, 0.21], 'ndcg@10': [ndcg - 0.01, ndcg + 0.01] },
    unfiltered: { ...accuracy, 'ndcg@10': ndcg / 2 },
    bytes: 48_404,
    msPerRequest: 0.165,
  };
}
const difference = { difference: -0.02, interval: [-0.03, -0.01], p: 0.001 } as const;
const served = { ...rowOf('served', 0.08), versus: { 'a < b': { 'recall@10': difference, 'ndcg@10': difference } } };
const results: QualityResults = {
  dataset: 'shop',
  protocol: 'leave-one-out',
  command: 'npm run bench:quality',
  date: '2026-01-02T03:04:05Z',
  rows: [rowOf('a < b', 0.1), served],
  seeds: [],
  omitted: [{ name: 'EASE', reason: 'too many items' }],
};

describe('the table of the README', () => {
  test('has a row a method, the best figures bold', () => {
    const lines = describeQuality([results]).split('\n');
    expect(lines[0]).toContain('**shop**, leave-one-out, 1,234 cases, 2026-01-02');
    expect(lines.slice(-2)).toEqual([
      '| a < b | **.2000** | **.1000** | .0900–.1100 | **.2000** | **.0500** | 50.0 % |',
      '| served | **.2000** | .0800 | .0700–.0900 | **.2000** | .0400 | 50.0 % |',
    ]);
  });

  test('takes the place of the one before and leaves the rest alone', () => {
    const document = 'before\n<!-- quality: written by `npm run bench:quality` -->\nold\n<!-- /quality -->\nafter\n';
    const once = replaceMarked(document, 'new');
    expect(once).toBe(document.replace('old', '\nnew\n'));
    expect(replaceMarked(once, 'new')).toBe(once);
    expect(() => replaceMarked('nothing', 'new')).toThrow('there is no place for the table');
  });
});

test('the plot has every method in both panels and beside them, and names that are markup do no harm', () => {
  const svg = drawQuality('shop', results.rows);
  expect(svg.match(/<circle/g)).toHaveLength(6);
  expect(svg.match(/class="served"/g)).toHaveLength(3);
  expect(svg).toContain('a &lt; b');
  expect(svg).not.toMatch(/NaN|undefined|Infinity/);
});

test('people read who is better, and what was left out', () => {
  const lines = describeEvaluation({ ...results, ties: 'file' });
  expect(lines[0]).toContain('1,234 test cases');
  expect(lines.join('\n')).toMatch(/served − a < b +−0\.0200 \[−0\.0300, −0\.0100\] +p 0\.001/);
  expect(lines.at(-1)).toBe('left out: EASE: too many items');
});
