import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LIMITS } from '../../../src/domain/limits.ts';
import { admit, OPEN_GATE, settle, type Ask, type GateState } from '../../../src/llm/gate.ts';

const BOUNDS = { concurrency: 4, dailyTokens: 1_000 };
const NOON_MS = Date.parse('2026-11-24T12:00:00Z');
const DAY_MS = 86_400_000;

const ask = (lease: string, fields: Partial<Ask> = {}): Ask => ({ lease, endpoint: 'e', tokens: 100, urgency: 'waiting', ...fields });
const fault = { tokens: 0, result: 'fault' } as const;

/** The state after calls that were let through. */
function admitted(state: GateState, nowMs: number, ...asks: Ask[]): GateState {
  return asks.reduce((before, each) => {
    const { state: after, refusal } = admit(before, each, BOUNDS, nowMs);
    expect(refusal).toBeUndefined();
    return after;
  }, state);
}

/** The state after so many faults in a row. */
function faulty(faults: number, nowMs = NOON_MS, state = OPEN_GATE): GateState {
  let after = state;
  for (let at = 0; at < faults; at++) after = settle(admitted(after, nowMs, ask(`f${at}`)), `f${at}`, fault, nowMs);
  return after;
}

const refusalOf = (state: GateState, nowMs: number, each = ask('x')) => admit(state, each, BOUNDS, nowMs).refusal;

describe('the breaker', () => {
  test('opens after so many faults in a row and not before', () => {
    expect(refusalOf(faulty(LIMITS.llmBreakerFaults - 1), NOON_MS)).toBeUndefined();
    expect(refusalOf(faulty(LIMITS.llmBreakerFaults), NOON_MS)).toBe('open');
  });

  test('is of one endpoint', () => {
    expect(refusalOf(faulty(LIMITS.llmBreakerFaults), NOON_MS, ask('x', { endpoint: 'other' }))).toBeUndefined();
  });

  test('a success in between starts the count again', () => {
    const state = settle(admitted(faulty(LIMITS.llmBreakerFaults - 1), NOON_MS, ask('ok')), 'ok', { tokens: 1, result: 'ok' }, NOON_MS);
    expect(refusalOf(faulty(LIMITS.llmBreakerFaults - 1, NOON_MS, state), NOON_MS)).toBeUndefined();
  });

  test('lets one probe through when its time is over, and closes when that goes well', () => {
    const open = faulty(LIMITS.llmBreakerFaults);
    const later = NOON_MS + LIMITS.llmBreakerMs;
    expect(refusalOf(open, later - 1)).toBe('open');
    const probing = admitted(open, later, ask('probe'));
    expect(refusalOf(probing, later)).toBe('open');
    const closed = settle(probing, 'probe', { tokens: 10, result: 'ok' }, later);
    expect(closed.breakers).toEqual({});
    admitted(closed, later, ask('a'), ask('b'));
  });

  test('opens for twice as long when the probe fails, up to a bound', () => {
    let state = faulty(LIMITS.llmBreakerFaults);
    let nowMs = NOON_MS;
    for (let openMs: number = LIMITS.llmBreakerMs, round = 0; round < 8; round++) {
      expect(refusalOf(state, nowMs + openMs - 1)).toBe('open');
      nowMs += openMs;
      state = settle(admitted(state, nowMs, ask('probe')), 'probe', fault, nowMs);
      openMs = Math.min(2 * openMs, LIMITS.llmBreakerMsMax);
    }
    expect(state.breakers['e']!.openUntilMs - nowMs).toBe(LIMITS.llmBreakerMsMax);
  });

  test('a probe that nobody wanted says nothing: another may follow', () => {
    const later = NOON_MS + LIMITS.llmBreakerMs;
    const probing = admitted(faulty(LIMITS.llmBreakerFaults), later, ask('probe'));
    const state = settle(probing, 'probe', { tokens: 5, result: 'abandoned' }, later);
    admitted(state, later, ask('another'));
  });

  test('respects Retry-After from the first fault on', () => {
    const state = settle(admitted(OPEN_GATE, NOON_MS, ask('a')), 'a', { ...fault, retryAfterMs: 5_000 }, NOON_MS);
    expect([4_999, 5_000].map((ms) => refusalOf(state, NOON_MS + ms))).toEqual(['open', undefined]);
  });
});

describe('the cap', () => {
  test('lets so many calls run at once, over all endpoints of the region', () => {
    const full = admitted(OPEN_GATE, NOON_MS, ask('a'), ask('b', { endpoint: 'f' }), ask('c'), ask('d'));
    expect(refusalOf(full, NOON_MS)).toBe('busy');
    admitted(settle(full, 'b', { tokens: 1, result: 'ok' }, NOON_MS), NOON_MS, ask('x'));
  });

  test('gives half of the places to prefetches', () => {
    const prefetch = (lease: string) => ask(lease, { urgency: 'prefetch' });
    const half = admitted(OPEN_GATE, NOON_MS, prefetch('a'), prefetch('b'));
    expect(refusalOf(half, NOON_MS, prefetch('c'))).toBe('busy');
    admitted(half, NOON_MS, ask('c'), ask('d'));
  });

  test('frees the place of a call that was lost', () => {
    const full = admitted(OPEN_GATE, NOON_MS, ask('a'), ask('b'), ask('c'), ask('d'));
    expect(refusalOf(full, NOON_MS + LIMITS.llmLeaseMs - 1)).toBe('busy');
    expect(refusalOf(full, NOON_MS + LIMITS.llmLeaseMs)).toBeUndefined();
    expect(LIMITS.llmLeaseMs).toBeGreaterThan(LIMITS.llmCallMs);
  });
});

describe('the budget', () => {
  test('is the last token of the day and not one more; the next day has its own', () => {
    const used = settle(admitted(OPEN_GATE, NOON_MS, ask('a', { tokens: 1_000 })), 'a', { tokens: 900, result: 'ok' }, NOON_MS);
    expect(refusalOf(used, NOON_MS, ask('x', { tokens: 100 }))).toBeUndefined();
    expect(refusalOf(used, NOON_MS, ask('x', { tokens: 101 }))).toBe('budget');
    expect(refusalOf(used, NOON_MS + DAY_MS, ask('x', { tokens: 1_000 }))).toBeUndefined();
  });

  test('gives half of the day to prefetches', () => {
    const used = settle(admitted(OPEN_GATE, NOON_MS, ask('a', { tokens: 400 })), 'a', { tokens: 400, result: 'ok' }, NOON_MS);
    expect(refusalOf(used, NOON_MS, ask('x', { tokens: 100, urgency: 'prefetch' }))).toBeUndefined();
    expect(refusalOf(used, NOON_MS, ask('x', { tokens: 101, urgency: 'prefetch' }))).toBe('budget');
    expect(refusalOf(used, NOON_MS, ask('x', { tokens: 101 }))).toBeUndefined();
  });

  test('a call that ends after midnight is of the day it began', () => {
    const begun = admitted(OPEN_GATE, NOON_MS, ask('a', { tokens: 500 }));
    const midnight = admitted(begun, NOON_MS + DAY_MS, ask('b', { tokens: 10 }));
    expect(settle(midnight, 'a', { tokens: 400, result: 'ok' }, NOON_MS + DAY_MS).spent.tokens).toBe(10);
  });
});

test('whatever comes, no more run and no more is spent than the bounds say', () => {
  const step = fc.oneof(
    fc.record({
      kind: fc.constant('ask' as const),
      lease: fc.integer({ min: 0, max: 20 }),
      tokens: fc.integer({ min: 1, max: 400 }),
      prefetch: fc.boolean(),
    }),
    fc.record({
      kind: fc.constant('settle' as const),
      lease: fc.integer({ min: 0, max: 20 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      ok: fc.boolean(),
    }),
    fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: LIMITS.llmBreakerMs }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let state = OPEN_GATE;
      let nowMs = NOON_MS;
      const taken = new Set<number>();
      for (const each of steps) {
        if (each.kind === 'wait') nowMs += each.ms;
        else if (each.kind === 'ask') {
          if (taken.has(each.lease)) continue; // a lease is used once
          taken.add(each.lease);
          state = admit(
            state,
            ask(`${each.lease}`, { tokens: each.tokens, urgency: each.prefetch ? 'prefetch' : 'waiting' }),
            BOUNDS,
            nowMs,
          ).state;
        } else {
          const reserved = state.leases[each.lease]?.tokens ?? 0;
          state = settle(state, `${each.lease}`, { tokens: Math.floor(each.share * reserved), result: each.ok ? 'ok' : 'fault' }, nowMs);
        }
        expect(Object.keys(state.leases).length).toBeLessThanOrEqual(BOUNDS.concurrency);
        expect(state.spent.tokens).toBeLessThanOrEqual(BOUNDS.dailyTokens);
      }
    }),
  );
});
