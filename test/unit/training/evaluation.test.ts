import { describe, expect, test } from 'vitest';
import { DatasetBuilder } from '../../../src/dataset/builder.ts';
import { syntheticDataset } from '../../../src/dataset/synthetic.ts';
import { seededRandom } from '../../../src/kernel/random.ts';
import { recommend } from '../../../src/recommend/recommend.ts';
import { Serving } from '../../../src/recommend/serving.ts';
import { Stopwatch } from '../../../src/recommend/stopwatch.ts';
import { BASELINES } from '../../../src/training/baselines.ts';
import { evaluateBaselines, evaluateServed } from '../../../src/training/evaluation.ts';
import { ndcgAt, recallAt } from '../../../src/training/metrics.ts';
import { historyIds, knownBefore } from '../../../src/training/sequences.ts';
import { splitDataset, type HoldOutCase } from '../../../src/training/split.ts';
import { engineOf, snapshotOf, standIn } from '../../fixtures/serving.ts';
import { makeShop } from '../../fixtures/shop.ts';

describe('what is served', () => {
  const shop = makeShop();
  const builder = new DatasetBuilder();
  for (const item of shop.items) builder.addItem(item);
  const random = seededRandom(5);
  for (let at = 0; at < 200; at++) builder.addInteraction(`u${at % 20}`, `i${Math.floor(random() * 40)}`, 'view', Math.floor(at / 40), NaN);
  const dataset = builder.build('shop');
  const split = splitDataset(dataset, 'last-basket');

  test('is measured by the answers a client gets', async () => {
    const serving = new Serving(await snapshotOf(shop), engineOf(standIn()));
    await serving.startEncoder(0);
    const rankings = await Promise.all(
      split.test.map(async (held) => {
        const request = { history: historyIds(dataset, held), limit: 20, exclude: [], seen: 'drop' } as const;
        const { items } = await recommend(request, serving, new Stopwatch(() => 0));
        return items.map(({ id }) => Number(id.slice(1)));
      }),
    );
    const mean = (measure: (ranks: number[], targets: number) => number) =>
      split.test.reduce((sum, { targets }, at) => {
        const ranks = targets.map((target) => rankings[at]!.indexOf(target)).filter((rank) => rank >= 0);
        return sum + measure(ranks, targets.length) / split.test.length;
      }, 0);
    const row = await evaluateServed(dataset, split, serving, () => undefined);
    expect(row).toMatchObject({ name: 'served', cases: split.test.length });
    expect(split.test.some(({ targets }) => targets.length > 1)).toBe(true);
    expect(row['recall@10']).toBeCloseTo(
      mean((ranks, targets) => recallAt(10, ranks, targets)),
      10,
    );
    expect(row['ndcg@10']).toBeCloseTo(
      mean((ranks, targets) => ndcgAt(10, ranks, targets)),
      10,
    );
    expect(row['coverage@10']).toBe(new Set(rankings.flatMap((ranking) => ranking.slice(0, 10))).size / 40);
  });

  test('is not measured while a part of it is missing', async () => {
    const serving = new Serving(await snapshotOf(shop), engineOf(standIn()));
    await expect(evaluateServed(dataset, split, serving, () => undefined)).rejects.toThrow('degraded: transformer');
  });
});

describe('baselines', async () => {
  const dataset = syntheticDataset({ users: 60, items: 50, seed: 4, meanInteractions: 8 });
  const split = splitDataset(dataset, 'leave-one-out');
  const historyOf = ({ user, historyEnd }: HoldOutCase) => dataset.item.subarray(dataset.start[user], historyEnd);
  const rows = await evaluateBaselines(dataset, split, () => undefined);

  test('never name an item of the history or one twice, and as many as there are', async () => {
    for (const { variants } of BASELINES) {
      for (const ranker of (await variants(knownBefore('test', dataset, split))).values()) {
        for (const held of split.test) {
          const history = historyOf(held);
          const unseen = 50 - new Set(history).size;
          for (const k of [7, 50]) {
            const ranking = ranker(history, k);
            expect(new Set(ranking).size).toBe(ranking.length);
            expect(ranking.filter((row) => history.includes(row))).toEqual([]);
            expect(ranking).toHaveLength(Math.min(k, unseen));
          }
        }
      }
    }
  });

  test('popularity and the last item are what they say', async () => {
    const known = knownBefore('test', dataset, split);
    const counts = Array<number>(50).fill(0);
    const follows = Array.from({ length: 50 }, () => Array<number>(50).fill(0));
    for (const [user, end] of known.end.entries()) {
      for (let k = known.start[user]!; k < end; k++) {
        counts[dataset.item[k]!]!++;
        if (k + 1 < end && dataset.item[k + 1] !== dataset.item[k]) follows[dataset.item[k]!]![dataset.item[k + 1]!]!++;
      }
    }
    const [popularity, markov] = await Promise.all(BASELINES.map(async ({ variants }) => (await variants(known)).get('-')));
    for (const held of split.test) {
      const history = [...historyOf(held)];
      const unseen = counts.map((_, row) => row).filter((row) => !history.includes(row));
      expect(popularity!(history, 10).map((row) => counts[row])).toEqual(
        unseen
          .map((row) => counts[row]!)
          .sort((a, b) => b - a)
          .slice(0, 10),
      );
      const next = (row: number) => follows[history.at(-1)!]![row]! * 1000 + counts[row]!;
      expect(markov!(history, 10).map(next)).toEqual(
        unseen
          .map(next)
          .sort((a, b) => b - a)
          .slice(0, 10),
      );
    }
  });

  test('take the settings that are best on the validation', async () => {
    for (const { name, variants } of BASELINES) {
      const measured = [...(await variants(knownBefore('validation', dataset, split)))].map(([settings, ranker]) => {
        const ndcg = split.validation.map((held) => {
          const rank = ranker(historyOf(held), 10).indexOf(held.targets[0]!);
          return ndcgAt(10, rank < 0 ? [] : [rank], 1);
        });
        return { settings, ndcg: ndcg.reduce((sum, value) => sum + value, 0) };
      });
      const chosen = rows.find((row) => row.name === name)!.settings;
      expect(measured.find(({ settings }) => settings === chosen)!.ndcg).toBeCloseTo(Math.max(...measured.map(({ ndcg }) => ndcg)), 9);
    }
  });

  test('are measured on the test', async () => {
    const ranker = (await BASELINES[0]!.variants(knownBefore('test', dataset, split))).get('-')!;
    const hits = split.test.filter((held) => ranker(historyOf(held), 10).includes(held.targets[0]!)).length;
    const shown = new Set(split.test.flatMap((held) => ranker(historyOf(held), 10)));
    expect(rows[0]).toMatchObject({
      name: 'popularity',
      settings: '-',
      cases: split.test.length,
      'recall@10': hits / split.test.length,
      'coverage@10': shown.size / 50,
    });
    expect(hits).toBeGreaterThan(0);
  });
});
