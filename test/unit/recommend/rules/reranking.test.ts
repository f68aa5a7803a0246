import { beforeAll, describe, expect, test } from 'vitest';
import { LIMITS } from '../../../../src/domain/limits.ts';
import { reranking } from '../../../../src/recommend/rules/reranking.ts';
import type { Serving } from '../../../../src/recommend/serving.ts';
import { openShop, ranked, situationOf } from '../../../fixtures/situation.ts';

let shop: Serving;
beforeAll(async () => void (shop = await openShop(10)));

const ALL = [0, 1, 2, 3, 4, 5];
const ON = { overrides: { reranking: true } };

/** How many times as likely each row has become. */
function factors(items: readonly string[], strength: number, asked: object = ON) {
  const list = ranked(...ALL);
  const { kept } = reranking(list, situationOf(shop, { ...asked, reranking: { items, strength } }), []);
  return list.map(({ row, score }) => Math.exp(kept.find((item) => item.row === row)!.score - score));
}

describe('the rule reranking', () => {
  test('makes the first so many times as likely, the last as unlikely, the middle as it was, and says nothing of others', () => {
    const most = LIMITS.rerankingFactor;
    expect(factors(['i4', 'gone', 'i2', 'i5', 'i0'], 1).map((factor) => Math.round(1000 * factor) / 1000)).toEqual([
      1 / most,
      1,
      1,
      1,
      most,
      0.5,
    ]);
  });

  test('moves each less as it fades, and never more than its bound', () => {
    expect(factors(['i4', 'i0'], 0.5)[4]).toBeCloseTo(Math.sqrt(LIMITS.rerankingFactor), 6);
    for (const strength of [0.1, 0.5, 1])
      for (const factor of factors(['i3', 'i1', 'i2'], strength)) {
        expect(factor).toBeLessThanOrEqual(LIMITS.rerankingFactor + 1e-6);
        expect(factor).toBeGreaterThanOrEqual(1 / LIMITS.rerankingFactor - 1e-6);
      }
    expect(factors(['i3'], 1)[3]).toBeCloseTo(LIMITS.rerankingFactor, 6);
  });

  test('changes nothing where the scenario does not have it, in a search, and where there is none', () => {
    const list = ranked(...ALL);
    const earlier = { items: ['i4', 'i0'], strength: 1 };
    for (const asked of [{ reranking: earlier }, { ...ON, reranking: earlier, scenario: 'search' as const, query: 'mugs' }, ON])
      expect(reranking(list, situationOf(shop, asked), []).kept).toBe(list);
  });
});
