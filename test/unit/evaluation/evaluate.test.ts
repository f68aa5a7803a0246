import { describe, expect, test } from 'vitest';
import { DatasetBuilder } from '../../../src/dataset/builder.ts';
import { BASELINES } from '../../../src/evaluation/baselines/baselines.ts';
import { evaluate } from '../../../src/evaluation/evaluate.ts';
import { gatherKnown } from '../../../src/evaluation/known.ts';
import { mean, meanMeasurement } from '../../../src/evaluation/measure.ts';
import { makeRows } from '../../../src/evaluation/rows.ts';
import { measureServed } from '../../../src/evaluation/served.ts';
import { seededRandom } from '../../../src/kernel/random.ts';
import { recommend } from '../../../src/recommend/recommend.ts';
import { fillRequest } from '../../../src/recommend/request.ts';
import { Serving } from '../../../src/recommend/serving.ts';
import { Stopwatch } from '../../../src/recommend/stopwatch.ts';
import { ndcgAt, recallAt, reciprocalRank } from '../../../src/training/metrics.ts';
import { historyIds } from '../../../src/training/sequences.ts';
import { splitDataset } from '../../../src/training/split.ts';
import { engineOf, snapshotOf, standIn } from '../../fixtures/serving.ts';
import { makeShop } from '../../fixtures/shop.ts';

const HOOKS = { onCase: () => undefined, nowMs: () => 0 };
const shop = makeShop();
const builder = new DatasetBuilder();
for (const item of shop.items) builder.addItem(item);
const random = seededRandom(5);
for (let at = 0; at < 200; at++) builder.addInteraction(`u${at % 20}`, `i${Math.floor(random() * 40)}`, 'view', Math.floor(at / 40), NaN);
const dataset = builder.build('shop');
const split = splitDataset(dataset, 'last-basket');
const known = gatherKnown('test', dataset, split);

async function startServing(seed = 1): Promise<Serving> {
  const serving = new Serving(await snapshotOf(makeShop({ seed })), engineOf(standIn()));
  await serving.startEncoder(0);
  return serving;
}

describe('what is served', () => {
  test('is measured by the answers a client gets, with the items of the history and without', async () => {
    const serving = await startServing();
    const measured = await measureServed('served', dataset, split, known, serving, HOOKS);
    expect(split.test.some(({ targets }) => targets.length > 1)).toBe(true);
    for (const [seen, columns] of [
      ['drop', measured.filtered],
      ['allow', measured.unfiltered],
    ] as const) {
      for (const [at, held] of split.test.entries()) {
        const history = historyIds(dataset, held);
        const request = fillRequest({ history, limit: 20, overrides: { seen }, nowMs: 0, random: () => 0 });
        const { items } = await recommend(request, serving, new Stopwatch(() => 0));
        const ids = items.map(({ id }) => id);
        const ranks = held.targets.map((target) => ids.indexOf(`i${target}`)).filter((rank) => rank >= 0);
        expect(columns['recall@10'][at]).toBe(recallAt(10, ranks, held.targets.length));
        expect(columns['ndcg@20'][at]).toBe(ndcgAt(20, ranks, held.targets.length));
        expect(columns.mrr[at]).toBe(reciprocalRank(ranks));
      }
    }
    expect(measured.unfiltered).not.toEqual(measured.filtered);
    expect(measured.cost.bytes).toBeGreaterThan(40 * 8);
  });

  test('is not measured while a part of it is missing', async () => {
    const serving = new Serving(await snapshotOf(shop), engineOf(standIn()));
    await expect(measureServed('served', dataset, split, known, serving, HOOKS)).rejects.toThrow('degraded: transformer');
  });
});

describe('rows', () => {
  test('hold means, intervals around them, and of what is served the differences to every baseline', async () => {
    const served = await measureServed('served', dataset, split, known, await startServing(), HOOKS);
    const other = { ...(await measureServed('other', dataset, split, known, await startServing(2), HOOKS)), name: 'other' };
    const rows = makeRows([other], [served]);
    expect(rows.map(({ name, versus }) => [name, versus && Object.keys(versus)])).toEqual([
      ['other', undefined],
      ['served', ['other']],
    ]);
    for (const row of rows) {
      expect(row.cases).toBe(split.test.length);
      expect(row['recall@10']).toBeGreaterThanOrEqual(row.interval['recall@10'][0]);
      expect(row['recall@10']).toBeLessThanOrEqual(row.interval['recall@10'][1]);
    }
    expect(rows[1]!.unfiltered.mrr).toBe(mean(served.unfiltered.mrr));
    const { difference } = rows[1]!.versus!['other']!['ndcg@10'];
    expect(difference).toBeCloseTo(rows[1]!['ndcg@10'] - rows[0]!['ndcg@10'], 12);
    expect(makeRows([other], [served])).toEqual(rows);
  });

  test('of several seeds are of the mean of each case', async () => {
    const both = [
      await measureServed('served', dataset, split, known, await startServing(1), HOOKS),
      await measureServed('served', dataset, split, known, await startServing(2), HOOKS),
    ] as const;
    const joined = meanMeasurement(both);
    expect(joined.filtered['ndcg@10'][3]).toBeCloseTo((both[0].filtered['ndcg@10'][3]! + both[1].filtered['ndcg@10'][3]!) / 2, 12);
    expect(joined.catalogue['gini@10']).toBeCloseTo((both[0].catalogue['gini@10'] + both[1].catalogue['gini@10']) / 2, 12);
    expect(meanMeasurement([both[0]])).toEqual(both[0]);
  });
});

describe('an evaluation', () => {
  test('without a model has the baselines alone, and says which the data does not allow', async () => {
    const untimed = { ...dataset, atMs: dataset.atMs.map(() => NaN) };
    const { rows, omitted, seeds } = await evaluate(untimed, splitDataset(untimed, 'leave-one-out'), [], HOOKS);
    expect(omitted.map(({ name }) => name)).toEqual(['recent popularity']);
    expect([...rows, ...omitted].map(({ name }) => name).sort()).toEqual(BASELINES.map(({ name }) => name).sort());
    expect(seeds).toEqual([]);
  });

  test('needs a case', async () => {
    const none = { ...split, test: [] };
    await expect(evaluate(dataset, none, [], HOOKS)).rejects.toThrow('shop has no case to test by last-basket');
  });
});
