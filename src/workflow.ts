/** The refresh as a Cloudflare Workflow: bindings in, steps that survive crashes out. What it does stands in `catalog/refresh`. */
import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from 'cloudflare:workers';
import { NonRetryableError } from 'cloudflare:workflows';
import { tellAlertHook } from './catalog/alert.ts';
import { engine } from './compose/engine.ts';
import { kvStorage } from './catalog/kv-storage.ts';
import { Catalogue } from './catalog/items/catalogue.ts';
import { refresh, type RefreshOutcome } from './catalog/refresh/refresh.ts';
import { Refreshes } from './catalog/refresh/refreshes.ts';
import { RefreshRefused, type Step } from './catalog/refresh/tools.ts';
import { behaviourOf } from './feedback/behaviour.ts';
import { prefixOf } from './domain/tenant.ts';
import { languageModelOf, type LlmEnv } from './llm/from-env.ts';
import { recommendTo } from './recommend/recommend-to.ts';

/** A step that fails is tried again after a while: storage comes back. */
const RETRIES = { retries: { limit: 5, delay: '10 seconds', backoff: 'exponential' }, timeout: '10 minutes' } as const;

export interface RefreshEnv extends LlmEnv {
  readonly SNAPSHOTS: KVNamespace;
  readonly FEEDBACK: D1Database;
  /** Told of refreshes that failed, by POST. */
  readonly ALERT_URL?: string;
}

/** Whose catalogue is refreshed. */
export interface RefreshParams {
  readonly tenant: string;
}

export class RefreshWorkflow extends WorkflowEntrypoint<RefreshEnv, RefreshParams> {
  override async run(
    { instanceId, payload: { tenant } }: Readonly<WorkflowEvent<RefreshParams>>,
    steps: WorkflowStep,
  ): Promise<RefreshOutcome> {
    const { SNAPSHOTS, FEEDBACK, ALERT_URL } = this.env;
    const { model, endpoints } = languageModelOf(this.env);
    // Every result of a step is plain JSON, which the platform's type cannot see through a generic.
    const step: Step = <T>(name: string, work: () => Promise<T>) => steps.do(name, RETRIES, () => lasting(work) as Promise<never>);
    const { openScanner } = engine;
    const outcome = await refresh(step, {
      storage: kvStorage(SNAPSHOTS, prefixOf(tenant)),
      catalogue: new Catalogue(FEEDBACK, tenant),
      ...(endpoints.some(({ embeddingModel }) => embeddingModel !== undefined) && {
        embedTexts: (texts: readonly string[]) => model.embed(texts, { place: {}, urgency: 'prefetch' }),
      }),
      behaviourOf: (items) => behaviourOf(items, FEEDBACK, tenant),
      openScanner,
      recommendTo: (histories, snapshot, atMs) => recommendTo(histories, snapshot, openScanner, atMs),
      nowMs: () => Date.now(),
    });
    await step('report', async () => {
      await new Refreshes(FEEDBACK, tenant).finish(instanceId, outcome, Date.now());
      return true;
    });
    if (outcome.outcome === 'failed' && ALERT_URL)
      await step('alert', () => tellAlertHook(ALERT_URL, { event: 'refresh_failed', tenant, id: instanceId, ...outcome }));
    return outcome;
  }
}

/** What was refused once will be refused again: it is not tried again. */
async function lasting<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw cause instanceof RefreshRefused ? new NonRetryableError(cause.message) : cause;
  }
}
