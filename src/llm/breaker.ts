import { LIMITS } from '../domain/limits.ts';

/** How an endpoint has done lately (circuit breaker; Nygard, 2007, "Release It!"). */
export interface Breaker {
  /** Faults since the last call that went well. */
  readonly faults: number;
  /** No call is let through before this; 0 while it is closed. From then on it is half open: one call at a time, as a probe. */
  readonly openUntilMs: number;
}

export const CLOSED: Breaker = { faults: 0, openUntilMs: 0 };

/** After `LIMITS.llmBreakerFaults` faults it opens, each time for twice as long; at once where the endpoint says for how long. */
export function afterFault({ faults: before }: Breaker, nowMs: number, retryAfterMs?: number): Breaker {
  const faults = before + 1;
  const beyond = faults - LIMITS.llmBreakerFaults;
  const openMs = beyond < 0 ? 0 : Math.min(LIMITS.llmBreakerMsMax, LIMITS.llmBreakerMs * 2 ** beyond);
  const longestMs = Math.max(openMs, retryAfterMs ?? 0);
  return { faults, openUntilMs: longestMs === 0 ? 0 : nowMs + longestMs };
}

/** `probing`: whether a call to the endpoint is under way. */
export function letsThrough({ openUntilMs }: Breaker, probing: boolean, nowMs: number): boolean {
  return openUntilMs === 0 || (nowMs >= openUntilMs && !probing);
}
