import { beforeAll, describe, expect, test } from 'vitest';
import { collectCandidates } from '../../../src/recommend/candidates.ts';
import { parseFilter } from '../../../src/recommend/filter/parse.ts';
import type { Asked } from '../../../src/recommend/request.ts';
import type { Serving } from '../../../src/recommend/serving.ts';
import { readSignals } from '../../../src/recommend/signals.ts';
import { NOON_MS, openShop, situationOf } from '../../fixtures/situation.ts';

const ITEMS = 40;
let shop: Serving;
beforeAll(async () => {
  shop = await openShop(ITEMS);
});

/** Rows that are scored, in order; every source proposes all that it may. */
async function candidatesOf(asked: Partial<Asked>, serving = shop): Promise<number[]> {
  const situation = situationOf(serving, { limit: ITEMS, ...asked });
  const signals = await readSignals(situation.session, serving, []);
  return [...collectCandidates(situation, signals).rows].sort((a, b) => a - b);
}
const allBut = (...rows: number[]) => Array.from({ length: ITEMS }, (_, row) => row).filter((row) => !rows.includes(row));

describe('what no rule would let through is not scored', () => {
  test('what was seen, is excluded, is on an earlier page, is what the answer is about', async () => {
    expect(await candidatesOf({ history: ['i3', 'i5', 'i3'], about: ['i7'], exclude: ['i9', 'i3'], paged: [11] })).toEqual(
      allBut(3, 5, 7, 9, 11),
    );
    expect(await candidatesOf({})).toEqual(allBut());
  });

  test('unless what was seen may be shown again', async () => {
    for (const seen of ['allow', 'demote'] as const)
      expect(await candidatesOf({ history: ['i3', 'i5'], exclude: ['i9'], overrides: { seen } })).toEqual(allBut(9));
    const asked: Partial<Asked> = { history: ['i3', 'i5'], unfinished: ['i5'], overrides: { sources: { continue: 1, popular: 1 } } };
    expect(await candidatesOf(asked)).toEqual(allBut(3));
  });

  test('what was merely shown, where that counts as seen', async () => {
    expect(await candidatesOf({ shown: ['i3'], overrides: { shownIsSeen: true } })).toEqual(allBut(3));
    expect(await candidatesOf({ shown: ['i3'] })).toEqual(allBut());
  });

  test('nor what a vector index or a query finds of it, however much that is', async () => {
    const many = await openShop(600);
    const sources = { query: 1 };
    const first = await candidatesOf({ query: 'number', overrides: { sources } }, many);
    const ids = first.map((row) => `i${row}`);
    for (const asked of [{ exclude: ids }, { history: ids, overrides: { sources, seen: 'drop' as const } }]) {
      const next = await candidatesOf({ query: 'number', overrides: { sources }, ...asked }, many);
      expect(next.length).toBeGreaterThanOrEqual(100);
      expect(next.filter((row) => first.includes(row))).toEqual([]);
    }

    const situation = situationOf(shop, { history: ['i5'], overrides: { sources: { transformer: 1 } } });
    const user = await shop.encodeUser([5]);
    expect([...collectCandidates(situation, { user, nearest: [4, 5, 6] }).rows]).toEqual([4, 6]);
  });
});

describe('the next request', () => {
  const barred: Partial<Asked> = { history: ['i3', 'i5'], exclude: ['i9'] };

  test('may have all of it, with or without a filter that is remembered', async () => {
    await candidatesOf(barred);
    expect(await candidatesOf({})).toEqual(allBut());
    const filter = parseFilter('price >= 0');
    expect(await candidatesOf({ ...barred, filter })).toEqual(allBut(3, 5, 9));
    expect(await candidatesOf({ filter })).toEqual(allBut());
  });

  test('may not have what the filter forbids, though it was barred as well', async () => {
    const filter = parseFilter('id != "i9"');
    await candidatesOf({ ...barred, filter });
    expect([...shop.permits.rowsFor(filter, NOON_MS)!].map(Boolean)).toEqual(Array.from({ length: ITEMS }, (_, row) => row !== 9));
  });

  test('may have all of it after a fault, and nothing that was found before that', async () => {
    /** The same shop, but the texts, which are read after other sources, cannot be. */
    const failing = Object.create(shop) as Serving;
    const fault = () => {
      throw new Error('no memory');
    };
    const texts = Object.assign(Object.create(shop.tallies.texts), { heaviest: fault });
    Object.assign(failing, { tallies: { ...shop.tallies, texts } });
    await expect(candidatesOf(barred, failing)).rejects.toThrow('no memory');
    expect(await candidatesOf({})).toEqual(allBut());
    const popular: Partial<Asked> = { limit: 3, overrides: { sources: { popular: 1 } } };
    await expect(candidatesOf(barred, failing)).rejects.toThrow('no memory');
    expect(await candidatesOf(popular)).toEqual([0, 1, 2]);
  });
});
