/** What a language model does for a tenant while nobody waits. */
import { Explanations } from '../explain/explanations.ts';
import { Readings } from '../intent/reading/readings.ts';
import type { languageModelOf } from '../llm/from-env.ts';
import { Rerankings } from '../recommend/reranking/rerankings.ts';
import type { durableSessions } from '../session/sessions.ts';
import type { Env } from './env.ts';

type Spoken = ReturnType<typeof languageModelOf>;

export function readingsOf(tenant: string, env: Env, { model, endpoints }: Spoken): Readings {
  return new Readings({
    tenant,
    enabled: endpoints.length > 0,
    recall: (key) => env.EXPLANATIONS.get(key),
    read: async (key, task, caller) => env.READING_OBJECTS.getByName(key).read(key, task, caller),
    send: (message) => env.PREFETCHES.send(message),
    isReady: (request, caller) => model.isReady(request, caller),
    nowMs: () => Date.now(),
  });
}

export function explanationsOf(tenant: string, env: Env, { model, endpoints }: Spoken): Explanations {
  return new Explanations({
    tenant,
    enabled: endpoints.length > 0,
    read: (key) => env.EXPLANATIONS.get(key),
    explain: async (key, brief, caller) => env.EXPLANATION_OBJECTS.getByName(key).explain(key, brief, caller),
    send: (message) => env.PREFETCHES.send(message),
    isReady: (request, caller) => model.isReady(request, caller),
    nowMs: () => Date.now(),
  });
}

export function rerankingsOf(
  tenant: string,
  env: Env,
  { model, endpoints }: Spoken,
  sessions: ReturnType<typeof durableSessions>,
): Rerankings {
  return new Rerankings({
    tenant,
    enabled: endpoints.length > 0,
    isDue: (user) => sessions.askReranking(user, Date.now()),
    send: (message) => env.PREFETCHES.send(message),
    isReady: (request, caller) => model.isReady(request, caller),
  });
}
