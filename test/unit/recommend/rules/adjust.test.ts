import { describe, expect, test } from 'vitest';
import { LIMITS } from '../../../../src/domain/limits.ts';
import { seededRandom } from '../../../../src/kernel/random.ts';
import { parseFilter } from '../../../../src/recommend/filter/parse.ts';
import { boosts } from '../../../../src/recommend/rules/boosts.ts';
import { caps } from '../../../../src/recommend/rules/caps.ts';
import { diversity } from '../../../../src/recommend/rules/diversity.ts';
import { exploration } from '../../../../src/recommend/rules/exploration.ts';
import { freshness } from '../../../../src/recommend/rules/freshness.ts';
import { refill } from '../../../../src/recommend/rules/refill.ts';
import { resume } from '../../../../src/recommend/rules/resume.ts';
import { NOON_MS, openShop, ranked, rule, situationOf } from '../../../fixtures/situation.ts';

const DAY_MS = 24 * 60 * 60_000;

describe('boosts', () => {
  const boost = (filter: string, factor: number) => ({ filter: parseFilter(filter), factor });
  const weigh = async (overrides: object, rows = [0, 1, 2, 3]) => {
    const serving = await openShop(10);
    return boosts(ranked(...rows), situationOf(serving, { overrides }), []).kept;
  };

  test('make an item count so many times as likely', async () => {
    const kept = await weigh({ boosts: [boost('id == "i2"', 10), boost('category("mugs")', 0.1)] });
    expect(kept.map(({ row }) => row)).toEqual([2, 1, 0, 3]);
    expect(kept[0]!.score).toBeCloseTo(8 + Math.log(10));
    expect(kept[2]!.score).toBeCloseTo(10 - Math.log(10));
  });

  test('are bounded together', async () => {
    const up = await weigh({ boosts: [boost('id == "i3"', LIMITS.factor), boost('price > 0 && id == "i3"', LIMITS.factor)] });
    expect(up[0]).toEqual({ row: 3, score: 7 + Math.log(LIMITS.factor) });
    const down = await weigh({ boosts: Array.from({ length: 20 }, () => boost('id == "i0"', 0.01)) });
    expect(down.at(-1)).toEqual({ row: 0, score: 10 + Math.log(1 / LIMITS.factor) });
  });
});

describe('freshness', () => {
  test('halves what is a half-life old, for so many half-lives, which what has no date has all behind it', async () => {
    const serving = await openShop(100, (_, row) => (row === 99 ? {} : { createdAtMs: NOON_MS - (row - 1) * DAY_MS }));
    const fresh = (halfLifeDays: number) =>
      freshness(ranked(99, 33, 32, 31, 3, 1, 0), situationOf(serving, { overrides: { halfLifeDays } }), []).kept;
    const kept = fresh(1);
    expect(kept.map(({ row }) => row)).toEqual([1, 3, 0, 99, 33, 32, 31]);
    const scores = [5, 6 - 2 * Math.LN2, 4, 10 - 30 * Math.LN2, 9 - 30 * Math.LN2, 8 - 30 * Math.LN2, 7 - 30 * Math.LN2];
    expect(kept.map(({ score }) => score)).toEqual(scores.map((score) => expect.closeTo(score) as number));
    expect(fresh(Infinity)).toEqual(ranked(99, 33, 32, 31, 3, 1, 0));
  });
});

describe('resume', () => {
  test('puts what was begun first, the newest of it before the others', async () => {
    const situation = situationOf(await openShop(10), { unfinished: ['i6', 'i5', 'i9'], overrides: { sources: { continue: 1 } } });
    expect(resume(ranked(1, 5, 2, 6), situation, []).kept).toEqual([
      { row: 6, score: 11 },
      { row: 5, score: 11 },
      { row: 1, score: 10 },
      { row: 2, score: 8 },
    ]);
    expect(resume([], situation, []).kept).toEqual([]);
  });
});

describe('caps', () => {
  test('keep the best of each category and brand, and spare the others', async () => {
    const serving = await openShop(12, (item, row) => ({ attributes: { ...item.attributes, ...(row < 4 && { brand: 'Acme' }) } }));
    const list = ranked(0, 3, 6, 1, 2, 4); // mugs, mugs, mugs, bags, lights, bags; the brand is of 0, 3, 1 and 2
    const judge = (category: number, brand: number) => rule(caps, list, situationOf(serving, { overrides: { caps: { category, brand } } }));
    expect(judge(2, Infinity)).toEqual({ kept: [0, 3, 1, 2, 4], dropped: { 6: 'capped' } });
    expect(judge(Infinity, 2)).toEqual({ kept: [0, 3, 6, 4], dropped: { 1: 'capped', 2: 'capped' } });
    expect(judge(1, 1)).toEqual({ kept: [0, 4], dropped: { 3: 'capped', 6: 'capped', 1: 'capped', 2: 'capped' } });
    expect(judge(Infinity, Infinity).kept).toEqual([0, 3, 6, 1, 2, 4]);
  });

  test('count an item once in a category that it names twice', async () => {
    const serving = await openShop(3, () => ({ categories: ['a', 'a'] }));
    const situation = situationOf(serving, { overrides: { caps: { category: 2, brand: Infinity } } });
    expect(rule(caps, ranked(0, 1, 2), situation).kept).toEqual([0, 1]);
  });
});

describe('refill', () => {
  test('cuts to what was asked for, or takes what was spared, in order', async () => {
    const situation = situationOf(await openShop(10), { limit: 3 });
    expect(refill(ranked(1, 2, 3, 4), situation, []).kept).toEqual(ranked(1, 2, 3));
    const before = [
      { row: 5, score: 1, reason: 'seen' },
      { row: 6, score: 3, reason: 'capped', spare: true },
      { row: 7, score: 2, reason: 'capped', spare: true },
      { row: 8, score: 1, reason: 'capped', spare: true },
    ] as const;
    expect(refill(ranked(1), situation, before).kept.map(({ row }) => row)).toEqual([1, 6, 7]);
    expect(refill([], situation, []).kept).toEqual([]);
  });
});

describe('diversity', () => {
  test('is maximal marginal relevance by the book', async () => {
    const serving = await openShop(30);
    const { vectors } = serving.snapshot;
    const list = ranked(...Array.from({ length: 24 }, (_, at) => (at * 7) % 30));
    const vectorOf = (row: number) => {
      const vector = new Float32Array(vectors.dims);
      serving.scanner.read(row, vector, 0);
      return vector;
    };
    const cosine = (a: number, b: number) => {
      const [x, y] = [vectorOf(a), vectorOf(b)];
      const dot = (p: Float32Array, q: Float32Array) => p.reduce((sum, value, d) => sum + value * q[d]!, 0);
      return dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y));
    };
    for (const weight of [0.2, 0.5, 0.9]) {
      const limit = 5;
      const pool = list.slice(0, 4 * limit);
      const range = pool[0]!.score - pool.at(-1)!.score;
      const chosen: number[] = [];
      while (chosen.length < limit) {
        const worth = ({ row, score }: { row: number; score: number }) =>
          (1 - weight) * ((score - pool.at(-1)!.score) / range) -
          weight * chosen.reduce((most, above) => Math.max(most, cosine(row, above)), 0);
        const left = pool.filter(({ row }) => !chosen.includes(row));
        chosen.push(left.reduce((best, one) => (worth(one) > worth(best) ? one : best)).row);
      }
      const { kept } = rule(diversity, list, situationOf(serving, { limit, overrides: { diversity: weight } }));
      expect(kept.slice(0, limit)).toEqual(chosen);
      expect(new Set(kept)).toEqual(new Set(list.map(({ row }) => row)));
      expect(kept).toHaveLength(list.length);
    }
  });

  test('looks at so many items and not one more', async () => {
    const serving = await openShop(LIMITS.diversityItems + 20);
    const list = ranked(...Array.from({ length: LIMITS.diversityItems + 20 }, (_, row) => row));
    const { kept } = rule(diversity, list, situationOf(serving, { limit: 100, overrides: { diversity: 1 } }));
    expect(Math.max(...kept.slice(0, 100))).toBeLessThan(LIMITS.diversityItems);
    expect(kept.slice(LIMITS.diversityItems)).toEqual(list.slice(LIMITS.diversityItems).map(({ row }) => row));
  });

  test('of 0 changes nothing, and one item is no reason to', async () => {
    const serving = await openShop(10);
    expect(rule(diversity, ranked(3, 1, 2), situationOf(serving)).kept).toEqual([3, 1, 2]);
    expect(rule(diversity, ranked(3), situationOf(serving, { overrides: { diversity: 0.5 } })).kept).toEqual([3]);
    expect(rule(diversity, [], situationOf(serving, { overrides: { diversity: 0.5 } })).kept).toEqual([]);
  });
});

describe('exploration', () => {
  const FRESH = [10, 11, 12];
  const open = () => openShop(20, (_, row) => (FRESH.includes(row) ? { createdAtMs: NOON_MS - LIMITS.freshMs } : {}));
  const LIST = ranked(...Array.from({ length: 20 }, (_, row) => row));

  test('gives the last places to fresh items, which the others make room for', async () => {
    const situation = situationOf(await open(), { limit: 5, overrides: { exploration: 2 }, random: seededRandom(1) });
    const { kept } = rule(exploration, LIST, situation);
    expect(kept.slice(0, 3)).toEqual([0, 1, 2]);
    expect(FRESH).toEqual(expect.arrayContaining(kept.slice(3, 5)));
    expect(new Set(kept)).toEqual(new Set(LIST.map(({ row }) => row)));
    expect(kept).toHaveLength(LIST.length);
  });

  test('leaves places as they are where nothing is fresh', async () => {
    const serving = await openShop(20, () => ({ createdAtMs: NOON_MS - LIMITS.freshMs - 1 }));
    expect(rule(exploration, LIST, situationOf(serving, { limit: 5, overrides: { exploration: 2 } })).kept).toEqual(
      LIST.map(({ row }) => row),
    );
    const one = await openShop(20, (_, row) => (row === 15 ? { createdAtMs: NOON_MS } : { createdAtMs: NOON_MS + 1 }));
    const { kept } = rule(exploration, LIST, situationOf(one, { limit: 5, overrides: { exploration: 2 } }));
    expect(kept.slice(0, 6)).toEqual([0, 1, 2, 3, 15, 4]);
  });

  test('tries what is unknown, keeps what is clicked and gives up what is not', async () => {
    const serving = await open();
    const exposures = new Map([
      ['i10', { impressions: 1000, clicks: 2 }],
      ['i11', { impressions: 1000, clicks: 80 }],
    ]);
    const random = seededRandom(7);
    const times = new Map<number, number>();
    for (let n = 0; n < 2000; n++) {
      const { kept } = rule(
        exploration,
        LIST,
        situationOf(serving, { limit: 5, overrides: { exploration: 1 }, counts: { exposures }, random }),
      );
      times.set(kept[4]!, (times.get(kept[4]!) ?? 0) + 1);
    }
    // i12 was never shown: its rate is above .08 with probability .92^19 = .21.
    expect(times.get(12)! / 2000).toBeGreaterThan(0.16);
    expect(times.get(12)! / 2000).toBeLessThan(0.26);
    expect(times.get(11)! + times.get(12)!).toBe(2000);
  });
});
