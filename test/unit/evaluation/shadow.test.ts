import { expect, test } from 'vitest';
import { overlapAt, rankCorrelation } from '../../../src/evaluation/agreement.ts';
import { ask } from '../../../src/evaluation/ask.ts';
import { shadow } from '../../../src/evaluation/shadow.ts';
import { DatasetBuilder } from '../../../src/dataset/builder.ts';
import { Serving } from '../../../src/recommend/serving.ts';
import { engineOf, snapshotOf, standIn } from '../../fixtures/serving.ts';
import { makeShop, type ShopOptions } from '../../fixtures/shop.ts';

const NOON_MS = Date.parse('2026-11-24T12:00:00Z');
const HOUR_MS = 3_600_000;

test('lists agree by what they share, and by its order', () => {
  expect(overlapAt(2, ['a', 'b', 'c'], ['b', 'c', 'a'])).toBe(0.5);
  expect(overlapAt(10, ['a'], ['a', 'b'])).toBe(0.5);
  expect(overlapAt(10, [], [])).toBe(1);
  expect(rankCorrelation(['a', 'b', 'c'], ['a', 'x', 'b', 'c'])).toBe(1);
  expect(rankCorrelation(['a', 'b', 'c'], ['c', 'b', 'a'])).toBe(-1);
  expect(rankCorrelation(['a', 'b', 'c'], ['a', 'c', 'b'])).toBeCloseTo(1 / 3);
  expect(rankCorrelation(['a', 'b'], ['b', 'c'])).toBeUndefined();
});

async function serve(options: ShopOptions): Promise<Serving> {
  const serving = new Serving(await snapshotOf(makeShop(options)), engineOf(standIn()));
  await serving.startEncoder(0);
  return serving;
}

/** Users who go from one item to the next, an hour each, the last at noon. */
function log(users: number) {
  const builder = new DatasetBuilder();
  for (let u = 0; u < users; u++)
    for (let k = 0; k < 4; k++) builder.addInteraction(`u${u}`, `i${5 * u + k}`, 'click', NOON_MS - (3 - k) * HOUR_MS, NaN);
  return builder.build('log');
}
const OPTIONS = { historiesMax: 100, nowMs: NOON_MS, onCase: () => undefined };

test('a version beside itself is the same, and finds what is next as well', async () => {
  const [live, candidate] = [await serve({}), await serve({})];
  const report = await shadow(live, candidate, log(4), { ...OPTIONS, sinceMs: NOON_MS - HOUR_MS });
  expect(report).toMatchObject({
    histories: 12,
    agreement: { overlapAt10: 1, rankCorrelation: 1 },
    nextItem: { cases: 4, since: new Date(NOON_MS - HOUR_MS).toISOString() },
  });
  const { nextItem } = report;
  expect(nextItem!.candidate).toEqual(nextItem!.live);
  let found = 0;
  for (const u of [0, 1, 2, 3]) {
    const rows = await ask({ history: [0, 1, 2].map((k) => `i${5 * u + k}`), limit: 10 }, 'drop', NOON_MS, live);
    if (rows.includes(5 * u + 3)) found++;
  }
  expect(found).toBeGreaterThan(0);
  expect(nextItem!.live['recall@10']).toBe(found / 4);
  expect(nextItem!.difference['ndcg@10']).toMatchObject({ difference: 0, interval: [0, 0] });
});

test('a version of another shop agrees in nothing and finds nothing', async () => {
  const [live, candidate] = [await serve({}), await serve({ idPrefix: 'x' })];
  const report = await shadow(live, candidate, log(4), { ...OPTIONS, sinceMs: 0 });
  expect(report.agreement).toEqual({ overlapAt10: 0, rankCorrelation: null });
  expect(report.nextItem).toMatchObject({ cases: 12, candidate: { 'recall@10': 0, 'ndcg@10': 0 } });
  const { live: figures, difference } = report.nextItem!;
  expect(figures['recall@10']).toBeGreaterThan(0);
  expect(difference['recall@10'].difference).toBe(-figures['recall@10']);
});

test('takes the newest, and says nothing of next items where both have learnt from all of them, or nobody knows', async () => {
  const [live, candidate] = [await serve({}), await serve({ seed: 2 })];
  expect(await shadow(live, candidate, log(4), { ...OPTIONS, historiesMax: 4, sinceMs: NOON_MS - HOUR_MS })).toMatchObject({
    histories: 4,
    nextItem: { cases: 4 },
  });
  expect((await shadow(live, candidate, log(1), { ...OPTIONS, sinceMs: NOON_MS })).nextItem).toBeNull();
  expect((await shadow(live, candidate, log(1), { ...OPTIONS, sinceMs: undefined })).nextItem).toBeNull();
  await expect(shadow(live, candidate, new DatasetBuilder().build('log'), { ...OPTIONS, sinceMs: 0 })).rejects.toThrow(
    'no interaction with another before it',
  );
});
