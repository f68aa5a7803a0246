import { ModelUnavailable, type Caller, type LanguageModel, type ModelAbsence } from '../domain/language-model.ts';
import { LIMITS } from '../domain/limits.ts';
import { askChat, streamChat, type Usage } from './chat.ts';
import { embedTexts } from './embed.ts';
import { orderEndpoints, type Endpoint } from './endpoint.ts';
import { EndpointFault, type FaultKind } from './fault.ts';
import type { Outcome, Refusal } from './gate.ts';
import type { Gates } from './gates.ts';
import type { CallOptions } from './http.ts';
import { estimateTokens } from './tokens.ts';

/** What is measured of every call. */
export interface CallRecord {
  readonly endpoint: string;
  readonly region: string;
  readonly operation: 'stream' | 'ask' | 'embed';
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
interface Operation<T> {
  readonly name: CallRecord['operation'];
  readonly endpoints: readonly Endpoint[];
  /** Tokens of what is sent, and of what may come back. */
  readonly sent: number;
  readonly received: number;
  readonly run: (endpoint: Endpoint) => AsyncGenerator<T, Usage>;
}

/**
 * The language model behind all configured endpoints. A call goes to the nearest endpoint that its gate lets it through to, and
 * on to the next where that one fails before it has given anything; the same one is tried again, after a pause with full
 * jitter (Brooker, 2015, "Exponential Backoff And Jitter"), only where the fault may have passed. Nothing is ever sent twice at once.
 */
export function openLanguageModel(options: ClientOptions): LanguageModel {
  const { endpoints } = options;
  const chat = ({ messages, tokensMax }: { messages: readonly { content: string }[]; tokensMax: number }) => ({
    endpoints,
    sent: estimateTokens(...messages.map(({ content }) => content)),
    received: tokensMax,
  });
  return {
    isReady: (request, caller) => someLetsThrough(chat(request), caller, options),
    stream: (request, caller) =>
      perform({ ...chat(request), name: 'stream', run: (endpoint) => streamChat(endpoint, request, options) }, caller, options),
    ask: (request, caller) =>
      onlyResult(perform({ ...chat(request), name: 'ask', run: (endpoint) => askChat(endpoint, request, options) }, caller, options)),
    embed: (texts, caller) => {
      const operation: Operation<readonly Float32Array[]> = {
        name: 'embed',
        endpoints: endpoints.filter(({ embeddingModel }) => embeddingModel !== undefined),
        sent: estimateTokens(...texts),
        received: 0,
        run: (endpoint) => embedTexts(endpoint, texts, options),
      };
      return onlyResult(perform(operation, caller, options));
    },
  };
}

async function someLetsThrough(
  { endpoints, sent, received }: Pick<Operation<unknown>, 'endpoints' | 'sent' | 'received'>,
  { place, urgency }: Caller,
  { gates, nowMs }: ClientOptions,
): Promise<boolean> {
  for (const { name, region } of orderEndpoints(endpoints, place)) {
    const ask = { lease: '', endpoint: name, tokens: sent + received, urgency };
    if ((await gates.peek(region, ask, nowMs()).catch(gateLost)) === undefined) return true;
  }
  return false;
}

async function* perform<T>(operation: Operation<T>, caller: Caller, options: ClientOptions): AsyncGenerator<T, void> {
  const hindrances: (Refusal | EndpointFault)[] = [];
  for (const endpoint of orderEndpoints(operation.endpoints, caller.place)) {
    for (let attempt = 0; attempt < LIMITS.llmAttempts; attempt++) {
      if (attempt > 0) await options.sleep(options.random() * LIMITS.llmBackoffMs * 2 ** attempt);
      const call = yield* performAt(endpoint, operation, caller, options);
      if (call.result === 'ok') return;
      hindrances.push(call.hindrance);
      if (call.given) throw unavailable(hindrances);
      if (!(call.hindrance instanceof EndpointFault) || !call.hindrance.isPassing) break;
    }
  }
  throw unavailable(hindrances);
}

type Performed =
  | { readonly result: 'ok' }
  | { readonly result: 'hindered'; readonly hindrance: Refusal | EndpointFault; readonly given: boolean };

/** One call at one endpoint, through its gate. */
async function* performAt<T>(
  endpoint: Endpoint,
  { name, sent, received, run }: Operation<T>,
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
function gateLost(cause: unknown): Refusal {
  console.warn(JSON.stringify({ event: 'llm_gate_lost', error: String(cause) }));
  return 'open';
}

/** Reads to the end, where a call is known to have gone well. */
async function onlyResult<T>(results: AsyncIterable<T>): Promise<T> {
  const all = await Array.fromAsync(results);
  return all[0]!;
}

/** The reason that most helps whoever reads it: what ran out before what failed. */
function unavailable(hindrances: readonly (Refusal | EndpointFault)[]): ModelUnavailable {
  const absence: ModelAbsence =
    hindrances.length === 0 ? 'no-endpoint' : (hindrances.find((hindrance) => hindrance === 'budget' || hindrance === 'busy') ?? 'failed');
  const said = hindrances.map((hindrance) => (hindrance instanceof EndpointFault ? `${hindrance.kind}: ${hindrance.message}` : hindrance));
  return new ModelUnavailable(absence, said.join('; ') || 'no endpoint is configured for this', hindrances.at(-1));
}
