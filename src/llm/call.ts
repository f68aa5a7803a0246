import type { Caller } from '../domain/language-model.ts';
import type { Usage } from './chat.ts';
import type { Endpoint } from './endpoint.ts';
import { EndpointFault, type FaultKind } from './fault.ts';
import type { Outcome, Refusal } from './gate.ts';
import type { Gates } from './gates.ts';
import type { CallOptions } from './http.ts';

/** What is measured of every call. */
export interface CallRecord {
  readonly endpoint: string;
  readonly region: string;
  readonly operation: 'stream' | 'converse' | 'ask' | 'embed';
  readonly urgency: Caller['urgency'];
  readonly result: Outcome['result'];
  readonly fault?: FaultKind;
  readonly status?: number | undefined;
  readonly firstMs?: number;
  readonly totalMs: number;
  readonly tokens: number;
}

export interface ClientOptions extends CallOptions {
  readonly endpoints: readonly Endpoint[];
  readonly gates: Gates;
  /** 0 to 1. */
  readonly random: () => number;
  readonly newId: () => string;
  readonly sleep: (ms: number) => Promise<void>;
  readonly record: (call: CallRecord) => void;
}

/** One thing to do at whichever endpoint will have it. */
export interface Operation<T> {
  readonly name: CallRecord['operation'];
  readonly endpoints: readonly Endpoint[];
  /** Tokens of what is sent, and of what may come back. */
  readonly sent: number;
  readonly received: number;
  readonly run: (endpoint: Endpoint) => AsyncGenerator<T, Usage>;
  /** Aborted when nobody wants the answer any more: that is no fault of an endpoint, and no other is tried. */
  readonly signal?: AbortSignal;
}

type Performed =
  | { readonly result: 'ok' }
  | { readonly result: 'hindered'; readonly hindrance: Refusal | EndpointFault; readonly given: boolean };

/** One call at one endpoint, through its gate. */
export async function* callEndpoint<T>(
  endpoint: Endpoint,
  { name, sent, received, run, signal }: Operation<T>,
  { urgency }: Caller,
  { gates, nowMs, newId, record }: ClientOptions,
): AsyncGenerator<T, Performed> {
  const lease = newId();
  const startedMs = nowMs();
  const ask = { lease, endpoint: endpoint.name, tokens: sent + received, urgency };
  const refusal = await gates.admit(endpoint.region, ask, startedMs).catch(gateLost);
  if (refusal !== undefined) return { result: 'hindered', hindrance: refusal, given: false };

  let firstMs: number | undefined;
  let outcome: Outcome = { tokens: sent + received, result: 'abandoned' };
  let fault: EndpointFault | undefined;
  const results = run(endpoint);
  try {
    let next = await results.next();
    for (; !next.done; next = await results.next()) {
      firstMs ??= nowMs() - startedMs;
      yield next.value;
    }
    outcome = { tokens: next.value ?? sent + received, result: 'ok' };
    return { result: 'ok' };
  } catch (cause) {
    signal?.throwIfAborted();
    if (!(cause instanceof EndpointFault)) throw cause;
    fault = cause;
    // Who was not reached or declined did no work.
    const worked = fault.kind !== 'unreachable' && fault.kind !== 'status';
    outcome = { tokens: worked ? sent + received : 0, result: 'fault', retryAfterMs: fault.retryAfterMs };
    return { result: 'hindered', hindrance: fault, given: firstMs !== undefined };
  } finally {
    await results.return(undefined); // hangs up where nobody wanted the rest
    const endedMs = nowMs();
    const { result, tokens } = outcome;
    record({
      endpoint: endpoint.name,
      region: endpoint.region,
      operation: name,
      urgency,
      result,
      ...(fault ? { fault: fault.kind, status: fault.status } : {}),
      ...(firstMs === undefined ? {} : { firstMs }),
      totalMs: endedMs - startedMs,
      tokens,
    });
    await gates.settle(endpoint.region, lease, outcome, endedMs).catch(gateLost);
  }
}

/** A gate that cannot be reached lets nothing through: nobody counts what is spent. */
export function gateLost(cause: unknown): Refusal {
  console.warn(JSON.stringify({ event: 'llm_gate_lost', error: String(cause) }));
  return 'open';
}
