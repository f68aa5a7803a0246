import { LIMITS } from '../domain/limits.ts';

/** What went wrong with a call: `late` by its deadline, `interrupted` in the middle of an answer, `protocol`: the answer is not what was asked for. */
export type FaultKind = 'unreachable' | 'status' | 'late' | 'interrupted' | 'protocol' | 'too-long';

export class EndpointFault extends Error {
  readonly kind: FaultKind;
  readonly status: number | undefined;
  /** How long the endpoint asks to be left alone. */
  readonly retryAfterMs: number | undefined;

  constructor(kind: FaultKind, message: string, options: { status?: number; retryAfterMs?: number | undefined; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'EndpointFault';
    this.kind = kind;
    this.status = options.status;
    this.retryAfterMs = options.retryAfterMs;
  }

  /** Whether the same endpoint may do better at once: not one that is slow, asks for patience, or refuses what we send. */
  get isPassing(): boolean {
    if (this.retryAfterMs !== undefined) return false;
    return this.kind === 'unreachable' || this.kind === 'interrupted' || (this.kind === 'status' && this.status! >= 500);
  }
}

/** A `Retry-After` header in milliseconds from now: seconds or a date (RFC 9110, 10.2.3); undefined where there is none that can be read. */
export function parseRetryAfter(header: string | null, nowMs: number): number | undefined {
  if (header === null) return undefined;
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - nowMs;
  return Number.isNaN(ms) ? undefined : Math.min(LIMITS.llmRetryAfterMs, Math.max(0, ms));
}
