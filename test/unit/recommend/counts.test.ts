import { describe, expect, test } from 'vitest';
import type { Exposure } from '../../../src/domain/feedback.ts';
import { LIMITS } from '../../../src/domain/limits.ts';
import { knownCounts, refreshCounts, rememberCounters } from '../../../src/recommend/counts.ts';
import { Memory } from '../../../src/recommend/memory.ts';
import { SCENARIOS } from '../../../src/recommend/scenarios.ts';
import { NOON_MS, openShop } from '../../fixtures/situation.ts';

describe('a memory', () => {
  test('keeps so many answers, and forgets the one asked for longest ago', async () => {
    const loads: number[] = [];
    const memory = new Memory(async (question: number) => (loads.push(question), -question), String);
    for (let question = 1; question <= 64; question++) expect(await memory.read(question, 0)).toBe(-question);
    expect([memory.known(1), memory.known(64)]).toEqual([-1, -64]);
    await memory.refresh(1, 60_000);
    expect(loads.slice(-2)).toEqual([64, 1]);
    await memory.read(65, 60_000);
    expect([memory.known(1), memory.known(2), memory.known(65)]).toEqual([-1, undefined, -65]);
  });

  test('is asked by one at a time, whoever waits', async () => {
    const waiting: ((value: string) => void)[] = [];
    const memory = new Memory(() => new Promise<string>((resolve) => void waiting.push(resolve)), String);
    const first = memory.refresh(1, 0);
    await memory.refresh(1, 1);
    await memory.refresh(1, 59_999);
    expect([waiting.length, memory.known(1)]).toEqual([1, undefined]);
    waiting[0]!('here');
    await first;
    expect(memory.known(1)).toBe('here');
    // One whose request is gone never settles: after a while it is asked for again.
    void memory.refresh(1, 60_000);
    void memory.refresh(1, 120_000);
    expect([waiting.length, memory.known(1)]).toEqual([3, 'here']);
  });
});

test('the counters are read only for a scenario that is made with them, of the newest fresh items', async () => {
  const asked: (readonly string[])[] = [];
  const exposures = new Map<string, Exposure>();
  const memory = rememberCounters({
    trending: async () => (asked.push(['trending']), [{ item: 'i1', score: 1 }]),
    exposures: async (items) => (asked.push(items), exposures),
  });
  // Item 0 is still to come; of the others the last few are no longer fresh.
  const count = LIMITS.exposuresRead + 20;
  const many = await openShop(count, (_, row) => ({ createdAtMs: NOON_MS + 1 - row }));
  await refreshCounts(SCENARIOS.home, memory, many, NOON_MS);
  expect([asked, knownCounts(memory)]).toEqual([[], {}]);
  await refreshCounts(SCENARIOS.news, memory, many, NOON_MS);
  const newest = Array.from({ length: LIMITS.exposuresRead }, (_, at) => `i${at + 1}`);
  expect(asked).toEqual([['trending'], newest]);
  expect(knownCounts(memory)).toEqual({ trending: [{ item: 'i1', score: 1 }], exposures });

  const old = await openShop(5, (_, row) => ({ createdAtMs: NOON_MS + 60_000 - LIMITS.freshMs - Number(row > 1) }));
  await refreshCounts(SCENARIOS.next, memory, old, NOON_MS + 60_000);
  expect(asked.slice(2)).toEqual([['i0', 'i1']]);
});
