import { describe, expect, test } from 'vitest';
import type { AttributeValue } from '../../../../src/domain/item.ts';
import { LIMITS } from '../../../../src/domain/limits.ts';
import { parseFilter } from '../../../../src/recommend/filter/parse.ts';
import { eligibility } from '../../../../src/recommend/rules/eligibility.ts';
import { exclusions } from '../../../../src/recommend/rules/exclusions.ts';
import { filter } from '../../../../src/recommend/rules/filter.ts';
import { seen } from '../../../../src/recommend/rules/seen.ts';
import { NOON_MS, openShop, ranked, rule, situationOf } from '../../../fixtures/situation.ts';

describe('eligibility', () => {
  const ATTRIBUTES: Record<number, Record<string, AttributeValue>> = {
    1: { hidden: true },
    2: { hidden: false, available: true },
    3: { available: false },
    4: { validFrom: '2026-11-24T12:00:00Z' },
    5: { validFrom: '2026-11-24T12:00:00.001Z' },
    6: { validTo: '2026-11-24T12:00:00Z' },
    7: { validTo: '2026-11-24T12:00:00.001Z' },
    8: { markets: ['DE', 'AT'] },
    9: { markets: 'DE' },
    10: { markets: [] },
    // What cannot be understood is not shown.
    11: { hidden: 'no' },
    12: { available: 1 },
    13: { validFrom: 'tomorrow' },
    14: { validTo: 1_795_000_000_000 },
    15: { markets: true },
    16: { hidden: ['true'] },
  };
  const rows = [0, ...Object.keys(ATTRIBUTES).map(Number)];
  const open = () => openShop(20, (_, row) => ({ attributes: ATTRIBUTES[row] ?? {} }));

  test('drops what may not be shown now, and says why', async () => {
    const serving = await open();
    expect(rule(eligibility, ranked(...rows), situationOf(serving))).toEqual({
      kept: [0, 2, 4, 7, 10],
      dropped: {
        1: 'hidden',
        3: 'unavailable',
        5: 'not-yet',
        6: 'no-longer',
        8: 'market',
        9: 'market',
        ...Object.fromEntries([11, 12, 13, 14, 15, 16].map((row) => [row, 'unreadable'])),
      },
    });
    expect(rule(eligibility, ranked(8, 9, 10), situationOf(serving, { market: 'DE' })).kept).toEqual([8, 9, 10]);
    expect(rule(eligibility, ranked(8, 9, 10), situationOf(serving, { market: 'AT' })).kept).toEqual([8, 10]);
    expect(rule(eligibility, ranked(8, 9, 10), situationOf(serving, { market: 'de' })).kept).toEqual([10]);
  });

  test('the rows that sources may propose are the same, and are worked out again only when a time has come', async () => {
    const { permits } = await open();
    const rowsAt = (nowMs: number, market?: string) => permits.rowsFor(undefined, nowMs, market)!;
    for (const nowMs of [0, NOON_MS - 1, NOON_MS, NOON_MS + 1, NOON_MS + 2]) {
      for (const market of [undefined, 'DE', 'AT', 'FR']) {
        const byTheBook = [...rowsAt(0).keys()].map((row) => Number(permits.eligibility.against(row, nowMs, market) === undefined));
        expect([...rowsAt(nowMs, market)]).toEqual(byTheBook);
      }
    }
    const before = rowsAt(NOON_MS - 1000);
    expect(rowsAt(NOON_MS - 1)).toBe(before);
    const noon = rowsAt(NOON_MS);
    expect(noon).not.toBe(before);
    expect(rowsAt(NOON_MS)).toBe(noon);
    expect(rowsAt(NOON_MS + 1)).not.toBe(noon);
    expect(rowsAt(NOON_MS - 1)).toEqual(before); // a clock that goes back is believed
  });

  test('markets are remembered, the last few of them', async () => {
    const { permits } = await open();
    const german = permits.rowsFor(undefined, NOON_MS, 'DE');
    for (let market = 0; market < 15; market++) permits.rowsFor(undefined, NOON_MS, `M${market}`);
    expect(permits.rowsFor(undefined, NOON_MS, 'DE')).toBe(german);
    permits.rowsFor(undefined, NOON_MS, 'M15');
    expect(permits.rowsFor(undefined, NOON_MS, 'DE')).not.toBe(german);
    expect(permits.rowsFor(undefined, NOON_MS, 'DE')).toEqual(german);
  });

  test('costs nothing where every item may always be shown', async () => {
    const { permits } = await openShop(20, (_, row) => ({ attributes: { hidden: false, available: true, colour: `${row}` } }));
    expect(permits.rowsFor(undefined, NOON_MS, 'DE')).toBeUndefined();
  });

  test('holds for a filter that was remembered before a time came', async () => {
    const { permits } = await open();
    const cheap = parseFilter('price < 100');
    const allows = (row: number, nowMs: number, market?: string) => permits.rowsFor(cheap, nowMs, market)![row];
    expect([allows(4, NOON_MS - 1), allows(4, NOON_MS), allows(7, NOON_MS), allows(7, NOON_MS + 1)]).toEqual([0, 1, 1, 0]);
    expect([allows(8, NOON_MS), allows(8, NOON_MS, 'DE')]).toEqual([0, 1]);
  });
});

test('a filter drops what does not match it', async () => {
  const serving = await openShop(10);
  const situation = situationOf(serving, { filter: parseFilter('category("mugs")') });
  expect(rule(filter, ranked(4, 3, 0, 1), situation)).toEqual({ kept: [3, 0], dropped: { 4: 'filtered', 1: 'filtered' } });
  expect(rule(filter, ranked(4, 3), situationOf(serving))).toEqual({ kept: [4, 3], dropped: {} });
});

test('exclusions drop what is excluded, what the answer is about, and what was on earlier pages', async () => {
  const serving = await openShop(10);
  const situation = situationOf(serving, { exclude: ['i1', 'gone'], about: ['i2', 'gone'], paged: [3] });
  expect(rule(exclusions, ranked(4, 3, 2, 1, 0), situation)).toEqual({
    kept: [4, 0],
    dropped: { 3: 'excluded', 2: 'excluded', 1: 'excluded' },
  });
});

describe('what was seen', () => {
  const past = { history: ['i2', 'i3'], shown: ['i4'], unfinished: ['i3'] };
  const judge = async (overrides: object) => rule(seen, ranked(2, 3, 4, 5), situationOf(await openShop(10), { ...past, overrides }));

  test('is dropped, or left to the model', async () => {
    expect(await judge({ seen: 'drop' })).toEqual({ kept: [4, 5], dropped: { 2: 'seen', 3: 'seen' } });
    expect(await judge({ seen: 'allow' })).toEqual({ kept: [2, 3, 4, 5], dropped: {} });
  });

  test('is demoted as far as a factor goes', async () => {
    expect(await judge({ seen: 'demote' })).toEqual({ kept: [4, 5, 2, 3], dropped: {} });
    const list = [...ranked(2), { row: 5, score: 10 - Math.log(LIMITS.factor) - 0.01 }];
    expect(rule(seen, list, situationOf(await openShop(10), { ...past, overrides: { seen: 'demote' } })).kept).toEqual([2, 5]);
  });

  test('may be what was merely shown as well', async () => {
    expect((await judge({ seen: 'drop', shownIsSeen: true })).kept).toEqual([5]);
  });

  test('is not what was begun, where that is asked for', async () => {
    expect((await judge({ seen: 'drop', sources: { continue: 1 } })).kept).toEqual([3, 4, 5]);
  });
});
