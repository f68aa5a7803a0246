import { beforeAll, describe, expect, test } from 'vitest';
import type { Critique, Wish } from '../../../../src/domain/critique.ts';
import { LIMITS } from '../../../../src/domain/limits.ts';
import { parseFilter } from '../../../../src/recommend/filter/parse.ts';
import { conditions } from '../../../../src/recommend/rules/conditions.ts';
import { critiques } from '../../../../src/recommend/rules/critiques.ts';
import { exclusions } from '../../../../src/recommend/rules/exclusions.ts';
import { order } from '../../../../src/recommend/rules/order.ts';
import type { Serving } from '../../../../src/recommend/serving.ts';
import { NOON_MS, openShop, ranked, rule, situationOf } from '../../../fixtures/situation.ts';

const DAY_MS = 24 * 60 * 60_000;
const said = (wish: Wish, atMs = NOON_MS): Critique => ({ id: crypto.randomUUID(), atMs, ...wish });
/** Mugs, bags and lights in turn, at 1 + row / 2; the last has no price. */
let shop: Serving;
beforeAll(async () => {
  shop = await openShop(
    10,
    ({ price, ...item }, row) => (row === 9 ? { ...item, price: undefined } : { ...item, price: price! }) as object,
  );
});
const ALL = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

describe('critiques', () => {
  /** How many times as likely each row has become. */
  const factors = (...all: Critique[]) => {
    const list = ranked(...ALL);
    const { kept } = critiques(list, situationOf(shop, { critiques: all }), []);
    return list.map(({ row, score }) => Math.exp(kept.find((item) => item.row === row)!.score - score));
  };

  test('change nothing where there are none', () => {
    const list = ranked(...ALL);
    expect(critiques(list, situationOf(shop), []).kept).toBe(list);
  });

  test('make what has the words a hundred times as likely, or as unlikely, half so in logarithms after three days', () => {
    expect(factors(said({ kind: 'more', words: 'mugs number' }))[3]).toBeCloseTo(LIMITS.factor, 3);
    expect(factors(said({ kind: 'less', words: 'mug' }))[3]).toBeCloseTo(1 / LIMITS.factor, 5);
    expect(factors(said({ kind: 'more', words: 'mugs' }, NOON_MS - 3 * DAY_MS))[3]).toBeCloseTo(Math.sqrt(LIMITS.factor), 3);
  });

  test('are bounded together, and what is only near counts less', () => {
    const both = factors(said({ kind: 'more', words: 'mugs' }), said({ kind: 'more', words: 'number' }));
    expect(both[3]).toBeCloseTo(LIMITS.factor, 3);
    const near = factors(said({ kind: 'more-like-this', item: 'i4' }));
    expect(near[4]).toBeCloseTo(Math.sqrt(LIMITS.factor), 1);
    expect(near.every((factor) => factor >= 1 - 1e-6 && factor <= near[4]! + 1e-6)).toBe(true);
    expect(factors(said({ kind: 'not-this', item: 'i4' }))[4]).toBeCloseTo(1 / Math.sqrt(LIMITS.factor), 3);
  });

  test('of prices, of an unknown item and of unknown words weigh nothing', () => {
    const nothing = [
      said({ kind: 'price', priceMax: 3 }),
      said({ kind: 'more-like-this', item: 'gone' }),
      said({ kind: 'less', words: 'qzxv' }),
    ];
    expect(factors(...nothing)).toEqual(ALL.map(() => 1));
  });

  test('that are too old count no more', () => {
    const old = (ageMs: number) => situationOf(shop, { critiques: [said({ kind: 'not-this', item: 'i4' }, NOON_MS - ageMs)] });
    expect(old(LIMITS.critiqueTtlMs - 1).critiques).toHaveLength(1);
    expect(old(LIMITS.critiqueTtlMs).critiques).toEqual([]);
  });

  test('exclude an item that was refused', () => {
    const refused = situationOf(shop, { critiques: [said({ kind: 'not-this', item: 'i4' })] });
    expect(rule(exclusions, ranked(3, 4), refused)).toEqual({ kept: [3], dropped: { 4: 'excluded' } });
  });
});

describe('conditions', () => {
  test('are the prices of critiques, the latest of them, and nothing without a price is within', () => {
    const prices = [said({ kind: 'price', priceMax: 2 }), said({ kind: 'price', priceMin: 2, priceMax: 3 })];
    const situation = situationOf(shop, { critiques: prices });
    const { kept, dropped } = rule(conditions, ranked(...ALL), situation);
    expect(kept).toEqual([2, 3, 4]);
    expect(dropped).toEqual({ 0: 'unwanted', 1: 'unwanted', 5: 'unwanted', 6: 'unwanted', 7: 'unwanted', 8: 'unwanted', 9: 'unwanted' });
    expect([...situation.permitted!.keys()].filter((row) => situation.permitted![row] === 1)).toEqual([2, 3, 4]);
  });

  test('are prices and exclusions of a query, beside the filter', () => {
    const asked = { scenario: 'search', query: 'number over 2 without mugs', filter: parseFilter('price < 4') } as const;
    const situation = situationOf(shop, asked);
    expect(rule(conditions, ranked(...ALL), situation).kept).toEqual([2, 4, 5, 7, 8]);
    expect([...situation.permitted!.keys()].filter((row) => situation.permitted![row] === 1)).toEqual([2, 4, 5]);
  });

  test('are none where nothing is said', () => {
    const list = ranked(...ALL);
    expect(conditions(list, situationOf(shop, { scenario: 'search', query: 'mugs' }), []).kept).toBe(list);
  });
});

describe('order', () => {
  const inOrder = (query: string) => rule(order, ranked(4, 0, 6, 3, 9), situationOf(shop, { scenario: 'search', query })).kept;

  test('sorts what has the words, and leaves the others after it', () => {
    expect(inOrder('cheapest mugs')).toEqual([0, 3, 6, 9, 4]);
    expect(inOrder('most expensive mugs')).toEqual([6, 3, 0, 9, 4]);
    expect(inOrder('most popular mugs')).toEqual([0, 3, 6, 9, 4]);
    expect(inOrder('mugs')).toEqual([4, 0, 6, 3, 9]);
  });

  test('sorts everything where only conditions are given', () => {
    expect(inOrder('cheapest')).toEqual([0, 3, 4, 6, 9]);
  });
});
