import type { Caller } from '../domain/language-model.ts';
import { LIMITS } from '../domain/limits.ts';
import { afterFault, CLOSED, letsThrough, type Breaker } from './breaker.ts';

/** What a region allows. */
export interface GateBounds {
  /** Calls under way at once. */
  readonly concurrency: number;
  /** Tokens from one midnight UTC to the next. */
  readonly dailyTokens: number;
}

interface Lease {
  readonly endpoint: string;
  readonly tokens: number;
  readonly day: string;
  /** A caller that was lost does not hold its place for ever. */
  readonly untilMs: number;
}

/** What a region remembers of the calls to its endpoints. */
export interface GateState {
  readonly breakers: Readonly<Record<string, Breaker>>;
  /** Calls under way. */
  readonly leases: Readonly<Record<string, Lease>>;
  /** Tokens spent on a day (UTC), those of calls under way as they were reserved. */
  readonly spent: { readonly day: string; readonly tokens: number };
}

export const OPEN_GATE: GateState = { breakers: {}, leases: {}, spent: { day: '', tokens: 0 } };

/** A call that wants to be made. */
export interface Ask {
  readonly lease: string;
  readonly endpoint: string;
  /** What it can cost at most. */
  readonly tokens: number;
  readonly urgency: Caller['urgency'];
}

/** Why a call may not be made now: its endpoint is left alone, as many run as may, or the day's tokens do not suffice. */
export type Refusal = 'open' | 'busy' | 'budget';

/** Lets a call through and reserves what it can cost, or says why not. Prefetches get half of what there is: the rest is for those who wait. */
export function admit(state: GateState, ask: Ask, bounds: GateBounds, nowMs: number): { state: GateState; refusal?: Refusal } {
  const leases = Object.fromEntries(Object.entries(state.leases).filter(([, { untilMs }]) => untilMs > nowMs));
  const day = dayOf(nowMs);
  const spent = state.spent.day === day ? state.spent : { day, tokens: 0 };
  const current: GateState = { ...state, leases, spent };
  const share = ask.urgency === 'prefetch' ? 0.5 : 1;
  const probing = Object.values(leases).some(({ endpoint }) => endpoint === ask.endpoint);
  if (!letsThrough(state.breakers[ask.endpoint] ?? CLOSED, probing, nowMs)) return { state: current, refusal: 'open' };
  if (spent.tokens + ask.tokens > share * bounds.dailyTokens) return { state: current, refusal: 'budget' };
  if (Object.keys(leases).length >= Math.ceil(share * bounds.concurrency)) return { state: current, refusal: 'busy' };
  const lease: Lease = { endpoint: ask.endpoint, tokens: ask.tokens, day, untilMs: nowMs + LIMITS.llmLeaseMs };
  return {
    state: { ...current, leases: { ...leases, [ask.lease]: lease }, spent: { day, tokens: spent.tokens + ask.tokens } },
  };
}

/** How a call ended: what it cost and whether the endpoint is at fault. */
export interface Outcome {
  readonly tokens: number;
  /** `abandoned`: nobody wanted the rest, which says nothing of the endpoint. */
  readonly result: 'ok' | 'fault' | 'abandoned';
  readonly retryAfterMs?: number | undefined;
}

/** Frees the place of a call and counts what it cost and how its endpoint did. */
export function settle(state: GateState, leaseId: string, { tokens, result, retryAfterMs }: Outcome, nowMs: number): GateState {
  const { [leaseId]: lease, ...leases } = state.leases;
  if (!lease) return state; // it took longer than a lease lasts: its reservation stays spent
  const spent =
    lease.day === state.spent.day ? { ...state.spent, tokens: Math.max(0, state.spent.tokens + tokens - lease.tokens) } : state.spent;
  if (result === 'abandoned') return { ...state, leases, spent };
  const { [lease.endpoint]: breaker = CLOSED, ...others } = state.breakers;
  const breakers = result === 'ok' ? others : { ...others, [lease.endpoint]: afterFault(breaker, nowMs, retryAfterMs) };
  return { breakers, leases, spent };
}

function dayOf(nowMs: number): string {
  return new Date(nowMs).toISOString().slice(0, 10);
}
