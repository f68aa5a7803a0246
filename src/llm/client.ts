import {
  ModelUnavailable,
  type Caller,
  type ChatMessage,
  type LanguageModel,
  type ModelAbsence,
  type ToolCall,
} from '../domain/language-model.ts';
import { LIMITS } from '../domain/limits.ts';
import { callEndpoint, gateLost, type ClientOptions, type Operation } from './call.ts';
import { askChat, streamChat, streamTurn } from './chat.ts';
import { embedTexts } from './embed.ts';
import { orderEndpoints } from './endpoint.ts';
import { EndpointFault } from './fault.ts';
import type { Refusal } from './gate.ts';
import { estimateTokens } from './tokens.ts';

/**
 * The language model behind all configured endpoints. A call goes to the nearest endpoint that its gate lets it through to, and
 * on to the next where that one fails before it has given anything; the same one is tried again, after a pause with full
 * jitter (Brooker, 2015, "Exponential Backoff And Jitter"), only where the fault may have passed. Nothing is ever sent twice at once.
 */
export function openLanguageModel(options: ClientOptions): LanguageModel {
  const { endpoints } = options;
  const chat = ({ messages, tokensMax }: { messages: readonly ChatMessage[]; tokensMax: number }) => ({
    endpoints,
    sent: estimateTokens(...messages.map(({ content }) => content)),
    received: tokensMax,
  });
  return {
    isReady: (request, caller) => someLetsThrough(chat(request), caller, options),
    stream: (request, caller) =>
      perform({ ...chat(request), name: 'stream', run: (endpoint) => streamChat(endpoint, request, options) }, caller, options),
    converse: (request, caller) => {
      const { tools, signal, messages } = request;
      const calls = messages.flatMap((message) => ('calls' in message ? message.calls : []));
      const operation: Operation<string | ToolCall> = {
        ...chat(request),
        name: 'converse',
        endpoints: endpoints.filter((endpoint) => endpoint.tools),
        sent: chat(request).sent + estimateTokens(JSON.stringify([tools, calls])),
        run: (endpoint) => streamTurn(endpoint, request, { ...options, signal }),
        signal,
      };
      return perform(operation, caller, options);
    },
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
      const call = yield* callEndpoint(endpoint, operation, caller, options);
      if (call.result === 'ok') return;
      hindrances.push(call.hindrance);
      if (call.given) throw unavailable(hindrances);
      if (!(call.hindrance instanceof EndpointFault) || !call.hindrance.isPassing) break;
    }
  }
  throw unavailable(hindrances);
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
