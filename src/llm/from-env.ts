import type { LanguageModel } from '../domain/language-model.ts';
import { LIMITS } from '../domain/limits.ts';
import { openLanguageModel } from './client.ts';
import { durableGates } from './durable-gates.ts';
import { parseEndpoints, type Endpoint } from './endpoint.ts';
import type { GateEnv, GateObject } from './object.ts';

/** What a language model needs of its Worker. */
export interface LlmEnv extends GateEnv {
  readonly LLM_GATES: DurableObjectNamespace<GateObject>;
  /** A JSON list, see docs/api.md; none if absent. */
  readonly LLM_ENDPOINTS?: string;
}

/** The language model of a Worker, with the endpoints that it has; each call is logged as `llm_call`. */
export function languageModelOf(env: LlmEnv): { readonly model: LanguageModel; readonly endpoints: readonly Endpoint[] } {
  const endpoints = endpointsOf(env);
  const model = openLanguageModel({
    endpoints,
    gates: durableGates(env.LLM_GATES),
    deadlines: { firstTextMs: LIMITS.llmFirstTextMs, stallMs: LIMITS.llmStallMs, callMs: LIMITS.llmCallMs },
    fetch: (input, init) => fetch(input, init),
    nowMs: () => Date.now(),
    random: () => Math.random(),
    newId: () => crypto.randomUUID(),
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    record: (call) => console.log(JSON.stringify({ event: 'llm_call', ...call })),
  });
  return { model, endpoints };
}

/** A mistake in what is configured leaves the Worker without a language model, which it can do without. */
function endpointsOf(env: LlmEnv): Endpoint[] {
  try {
    return parseEndpoints(env.LLM_ENDPOINTS, { ...env });
  } catch (cause) {
    console.error(JSON.stringify({ event: 'llm_misconfigured', error: (cause as Error).message }));
    return [];
  }
}
