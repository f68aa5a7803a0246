import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StreamedInteraction } from '../../../src/domain/feedback.ts';
import { LIMITS } from '../../../src/domain/limits.ts';
import { trendAt, trendOf } from '../../../src/feedback/decay.ts';
import { tallyUp, type Increments } from '../../../src/feedback/tally.ts';
import { makeInteraction, NOON_MS } from '../../fixtures/interaction.ts';

const HALF_LIFE_MS = 3 * 24 * 60 * 60_000;
const streamed = (fields: Partial<StreamedInteraction> = {}): StreamedInteraction => ({
  ...makeInteraction(fields),
  after: fields.after ?? [],
});

describe('a trend', () => {
  test('halves in a half-life, and is not a number too large or too small for a decade', () => {
    expect(trendAt(trendOf(4, NOON_MS), NOON_MS)).toBeCloseTo(4, 9);
    expect(trendAt(trendOf(4, NOON_MS), NOON_MS + HALF_LIFE_MS)).toBeCloseTo(2, 9);
    for (const year of [2026, 2030, 2037]) expect(trendAt(trendOf(1, Date.UTC(year, 0)), Date.UTC(year, 0))).toBeCloseTo(1, 9);
  });

  test('orders items as decayed sums do, whenever it is looked at', () => {
    const often = trendOf(1, NOON_MS - 2 * HALF_LIFE_MS) * 5; // 1.25 now
    const lately = trendOf(1, NOON_MS);
    expect(often > lately).toBe(true);
    expect(trendAt(often, NOON_MS + HALF_LIFE_MS) > trendAt(lately, NOON_MS + HALF_LIFE_MS)).toBe(true);
  });
});

describe('what interactions add to the counters', () => {
  const none = () => [];

  test('popularity and trend, everywhere and by country and category', () => {
    const { trends } = tallyUp([streamed({ country: 'DE', type: 'purchase' }), streamed({ country: 'FR' })], () => ['mugs']);
    const trend = (stored: number) => Number(trendAt(stored, NOON_MS).toFixed(9));
    expect(trends.map(([country, category, item, popularity, stored]) => [country, category, item, popularity, trend(stored)])).toEqual([
      ['', '', 'i1', 6, 6],
      ['', 'mugs', 'i1', 6, 6],
      ['DE', '', 'i1', 5, 5],
      ['DE', 'mugs', 'i1', 5, 5],
      ['FR', '', 'i1', 1, 1],
      ['FR', 'mugs', 'i1', 1, 1],
    ]);
  });

  test.for([
    [LIMITS.countedCategories, LIMITS.countedCategories],
    [LIMITS.countedCategories + 1, LIMITS.countedCategories],
  ] as const)('of %i categories %i', ([categories, counted]) => {
    const names = Array.from({ length: categories }, (_, at) => `c${at}`);
    expect(tallyUp([streamed()], () => names).trends).toHaveLength(1 + counted);
  });

  test('nothing for what speaks against an item or says nothing', () => {
    const { trends } = tallyUp([streamed({ type: 'dislike' }), streamed({ type: 'impression' })], none);
    expect(trends).toEqual([]);
  });

  test('impressions and clicks by item, of what a recommendation showed, wherever that was', () => {
    const shown = { recommendationId: 'r1' };
    const { exposures } = tallyUp(
      [
        streamed({ type: 'impression', ...shown }),
        streamed({ type: 'impression', ...shown, position: 3 }),
        streamed({ type: 'click', ...shown }),
        streamed({ item: 'i2', type: 'click', ...shown }),
        streamed({ type: 'impression' }),
        streamed({ type: 'view', ...shown }),
      ],
      none,
    );
    expect(exposures).toEqual([
      ['i1', 2, 1],
      ['i2', 0, 1],
    ]);
  });

  test('impressions and clicks by position, of what a recommendation showed', () => {
    const shown = { recommendationId: 'r1', position: 3 };
    const { placements, variantUsers } = tallyUp(
      [
        streamed({ type: 'impression', ...shown }),
        streamed({ type: 'impression', ...shown }),
        streamed({ type: 'click', ...shown }),
        streamed({ type: 'click' }),
        streamed({ type: 'cart', ...shown }),
      ],
      none,
    );
    expect(placements).toEqual([['', '', '', 3, 2, 1]]);
    expect(variantUsers).toEqual([]);
  });

  test('by the scenario and the variant that the id of the answer names, and by user', () => {
    const shown = { recommendationId: 'r1.home.diverse.b', position: 0 };
    const { placements, variantUsers } = tallyUp(
      [
        streamed({ type: 'impression', ...shown }),
        streamed({ type: 'click', ...shown }),
        streamed({ type: 'purchase', recommendationId: 'r1.home.diverse.b' }), // a shop need not know the place any more
        streamed({ type: 'impression', user: 'u2', ...shown }),
        streamed({ type: 'impression', recommendationId: 'r2.cart', position: 0 }),
        streamed({ type: 'impression', recommendationId: 'r3.home.Not a name.b', position: 0 }),
      ],
      none,
    );
    expect(placements).toEqual([
      ['home', 'diverse', 'b', 0, 2, 1],
      ['cart', '', '', 0, 1, 0],
      ['', '', '', 0, 1, 0],
    ]);
    expect(variantUsers).toEqual([
      ['diverse', 'b', 'u1', 1, 1, 1],
      ['diverse', 'b', 'u2', 1, 0, 0],
    ]);
  });

  test('co-visits with the items before', () => {
    const { coVisits } = tallyUp([streamed({ after: ['a', 'b'] }), streamed({ after: ['a'] })], none);
    expect(coVisits).toEqual([
      ['i1', 'a', 2],
      ['i1', 'b', 1],
    ]);
  });

  test('the same, however they are divided into batches', () => {
    const interactions = fc.array(
      fc
        .record({
          item: fc.constantFrom('a', 'b'),
          type: fc.constantFrom('view', 'click', 'impression'),
          after: fc.subarray(['x', 'y']),
          recommendationId: fc.constantFrom('r1', 'r1.home.e.a'),
          position: fc.nat(2),
        })
        .map(streamed),
    );
    fc.assert(
      fc.property(interactions, fc.nat(), (all, cut) => {
        const sums = (parts: readonly Increments[]) => {
          const totals = new Map<string, number>();
          for (const { trends, placements, variantUsers, coVisits } of parts) {
            for (const [country, category, item, popularity] of trends) add(totals, [country, category, item], popularity);
            for (const [, , , position, impressions, clicked] of placements) add(totals, [position], impressions + 1e6 * clicked);
            for (const [, , user, impressions, clicked] of variantUsers) add(totals, [user], impressions + 1e6 * clicked);
            for (const [later, earlier, visits] of coVisits) add(totals, [later, earlier], visits);
          }
          return totals;
        };
        const at = cut % (all.length + 1);
        expect(sums([tallyUp(all.slice(0, at), none), tallyUp(all.slice(at), none)])).toEqual(sums([tallyUp(all, none)]));
      }),
    );
  });
});

function add(totals: Map<string, number>, keys: readonly (string | number)[], value: number): void {
  const name = keys.join('\0');
  totals.set(name, (totals.get(name) ?? 0) + value);
}
