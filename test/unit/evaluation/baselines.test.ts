import { describe, expect, test } from 'vitest';
import type { Dataset } from '../../../src/dataset/dataset.ts';
import { syntheticDataset } from '../../../src/dataset/synthetic.ts';
import { describeSetting } from '../../../src/evaluation/baselines/baseline.ts';
import { BASELINES } from '../../../src/evaluation/baselines/baselines.ts';
import { ease } from '../../../src/evaluation/baselines/ease.ts';
import { markov } from '../../../src/evaluation/baselines/markov.ts';
import { measureBaseline } from '../../../src/evaluation/baselines/measure-baseline.ts';
import { popularity } from '../../../src/evaluation/baselines/popularity.ts';
import { recentPopularity } from '../../../src/evaluation/baselines/recent-popularity.ts';
import { gatherKnown } from '../../../src/evaluation/known.ts';
import { mean, measureAccuracy } from '../../../src/evaluation/measure.ts';
import { DEPTH, rankCases, type Scorer } from '../../../src/evaluation/rank.ts';
import { splitDataset, type HoldOutCase } from '../../../src/training/split.ts';
import { makeDataset } from '../../fixtures/sequences.ts';

const ITEMS = 50;
const DAY_MS = 24 * 3600 * 1000;
const dataset = syntheticDataset({ users: 60, items: ITEMS, seed: 4, meanInteractions: 8 });
const split = splitDataset(dataset, 'leave-one-out');
const known = { validation: gatherKnown('validation', dataset, split), test: gatherKnown('test', dataset, split) };
const historyOf = ({ user, historyEnd }: HoldOutCase, of: Dataset = dataset) => [...of.item.subarray(of.start[user], historyEnd)];
const HOOKS = { onCase: () => undefined, nowMs: () => 0 };
const rank = (scorer: Scorer, cases = split.test) => rankCases(scorer, cases, dataset, known.test.byPopularity, () => undefined);

describe('a ranking', () => {
  test('is the best rows in order, those that score the same by popularity; filtered, without the history', () => {
    const scorer: Scorer = (_, scores) => scores.forEach((_, row) => (scores[row] = row % 7));
    const { filtered, unfiltered } = rank(scorer);
    const plain = [...known.test.byPopularity].sort((a, b) => (b % 7) - (a % 7));
    split.test.forEach((held, at) => {
      expect([...unfiltered[at]!]).toEqual(plain.slice(0, DEPTH));
      const history = historyOf(held);
      expect([...filtered[at]!]).toEqual(plain.filter((row) => !history.includes(row)).slice(0, DEPTH));
    });
  });

  test('does not tell the number of an item: equally popular ones are not in its order', () => {
    const { byPopularity, popularity: counts } = known.test;
    const same = [...byPopularity].filter((row) => counts[row] === 5);
    expect(same.length).toBeGreaterThan(3);
    expect(same).not.toEqual(same.toSorted((a, b) => a - b));
  });
});

describe('baselines', () => {
  test.each(BASELINES.map((baseline) => [baseline.name, baseline] as const))('%s ranks the whole catalogue', async (_, baseline) => {
    const scorer = (await baseline.fit(known.test, baseline.fits[0]!)).scorer(baseline.reads[0]!);
    const { filtered } = rank(scorer);
    split.test.forEach((held, at) => {
      const ranking = [...filtered[at]!];
      const history = historyOf(held);
      expect(new Set(ranking).size).toBe(Math.min(DEPTH, ITEMS - new Set(history).size));
      expect(ranking.filter((row) => history.includes(row))).toEqual([]);
    });
  });

  test('popularity and the last item are what they say', async () => {
    const counts = Array<number>(ITEMS).fill(0);
    const follows = Array.from({ length: ITEMS }, () => Array<number>(ITEMS).fill(0));
    for (const [user, end] of known.test.sequences.end.entries()) {
      for (let k = dataset.start[user]!; k < end; k++) {
        counts[dataset.item[k]!]!++;
        if (k + 1 < end && dataset.item[k + 1] !== dataset.item[k]) follows[dataset.item[k]!]![dataset.item[k + 1]!]!++;
      }
    }
    const [byPopularity, byMarkov] = await Promise.all(
      [popularity, markov].map(async (baseline) => rank((await baseline.fit(known.test, {})).scorer({})).filtered),
    );
    split.test.forEach((held, at) => {
      const history = historyOf(held);
      const next = (row: number) => follows[history.at(-1)!]![row]! * 1000 + counts[row]!;
      const best = (worth: (row: number) => number) =>
        counts
          .map((_, row) => row)
          .filter((row) => !history.includes(row))
          .map(worth)
          .sort((a, b) => b - a)
          .slice(0, DEPTH);
      expect(Array.from(byPopularity![at]!, (row) => counts[row])).toEqual(best((row) => counts[row]!));
      expect(Array.from(byMarkov![at]!, next)).toEqual(best(next));
    });
  });

  test('take the settings that are best on the validation, and fit those alone for the test', async () => {
    for (const baseline of BASELINES) {
      const fitted: string[] = [];
      const watched = {
        ...baseline,
        fit: (on: typeof known.test, setting: (typeof baseline.fits)[number]) => {
          if (on === known.test) fitted.push(describeSetting(setting));
          return baseline.fit(on, setting);
        },
      };
      const { settings } = await measureBaseline(watched, dataset, split, known, HOOKS);
      expect(fitted).toHaveLength(1);
      expect(settings.startsWith(fitted[0]!) || fitted[0] === '-').toBe(true);
      const tried = new Map<string, number>();
      for (const fit of baseline.fits) {
        for (const read of baseline.reads) {
          const scorer = (await baseline.fit(known.validation, fit)).scorer(read);
          const { filtered } = rankCases(scorer, split.validation, dataset, known.validation.byPopularity, () => undefined);
          tried.set(describeSetting({ ...fit, ...read }), mean(measureAccuracy(split.validation, filtered)['ndcg@10']));
        }
      }
      expect(tried.get(settings)).toBe(Math.max(...tried.values()));
    }
  });

  test('are measured on the test', async () => {
    const progress: [number, number][] = [];
    const hooks = { nowMs: () => 0, onCase: (_: string, done: number, total: number) => void progress.push([done, total]) };
    const measured = await measureBaseline(popularity, dataset, split, known, hooks);
    const { filtered } = rank((await popularity.fit(known.test, {})).scorer({}));
    const lists = filtered.map((ranking) => Array.from(ranking).slice(0, 10));
    const hits = split.test.filter(({ targets }, at) => lists[at]!.includes(targets[0]!)).length;
    expect(measured).toMatchObject({ name: 'popularity', settings: '-' });
    expect(mean(measured.filtered['recall@10'])).toBeCloseTo(hits / split.test.length, 12);
    expect(measured.catalogue['coverage@10']).toBe(new Set(lists.flat()).size / ITEMS);
    expect(hits).toBeGreaterThan(0);
    expect(progress).toEqual(split.test.map((_, at) => [at + 1, split.test.length]));
  });
});

describe('recent popularity', () => {
  const at = (days: number) => days * DAY_MS;
  const log = makeDataset({
    u: [
      ['old', at(1)],
      ['old', at(2)],
      ['old', at(3)],
      ['late', at(99)],
    ],
    v: [
      ['new', at(95)],
      ['new', at(96)],
      ['future', at(101)],
      ['future', at(102)],
    ],
  });
  const all = { ...splitDataset(log, 'leave-one-out'), knownEnd: log.start.slice(1) };

  test('counts the days before the request, wherever the request before was', async () => {
    const fitted = await recentPopularity.fit(gatherKnown('test', log, all), {});
    const scorer = fitted.scorer({ days: 7 });
    const scoresAt = (days: number) => {
      const scores = new Float32Array(log.items.length);
      scorer({ history: Int32Array.of(), nowMs: at(days) }, scores);
      return Object.fromEntries([...scores].flatMap((score, row) => (score > 0 ? [[log.items[row]!.id, score]] : [])));
    };
    expect(scoresAt(100)).toEqual({ new: 2, late: 1 });
    expect(scoresAt(4)).toEqual({ old: 3 });
    expect(scoresAt(96)).toEqual({ new: 1 }); // what happens at the moment itself is not known yet
    expect(scoresAt(50)).toEqual({});
    expect(scoresAt(103)).toEqual({ future: 2, late: 1, new: 1 });
  });

  test('is for times that compare', () => {
    const untimed = makeDataset({ u: [['a'], ['b'], ['c']] });
    const reason = recentPopularity.unfit!(gatherKnown('test', untimed, splitDataset(untimed, 'leave-one-out')));
    expect(reason).toContain('no times that compare between users');
    expect(recentPopularity.unfit!(known.test)).toBeUndefined();
  });
});

test('EASE says where it cannot cope', () => {
  const sequences = { ...known.test.sequences, itemCount: 15_001 };
  expect(ease.unfit!({ ...known.test, sequences })).toContain('15001 are more than 15000');
  expect(ease.unfit!(known.test)).toBeUndefined();
});
