/** The composition root: bindings in, handlers and classes out. How they hang together stands in `compose/`. */
import { consume } from './compose/queues.ts';
import type { AheadMessage, Env } from './compose/env.ts';
import { everyMinute, refreshOnSchedule } from './compose/schedule.ts';
import { composeService, type Service } from './compose/service.ts';
import type { FeedbackMessage } from './domain/feedback.ts';
import { DEFAULT_TENANT } from './domain/tenant.ts';
import { ExplanationObject as ExplanationShell } from './explain/object.ts';
import { ReadingObject as ReadingShell } from './intent/reading/object.ts';
import { languageModelOf } from './llm/from-env.ts';

export { GateObject } from './llm/object.ts';
export { SessionObject } from './session/object.ts';
export { RefreshWorkflow } from './workflow.ts';

/** An explanation, written by the language model of this Worker. */
export class ExplanationObject extends ExplanationShell<Env> {
  protected readonly model = languageModelOf(this.env).model;
}

/** What a text means, read by the language model of this Worker. */
export class ReadingObject extends ReadingShell<Env> {
  protected readonly model = languageModelOf(this.env).model;
}

/** The trigger in `wrangler.toml` for what is due every minute; any other begins a refresh. */
const EVERY_MINUTE = '* * * * *';

/** One an isolate: bindings do not change while it lives. */
let service: Service | undefined;

export default {
  fetch(request, env, context) {
    service ??= composeService(env, context);
    return service.gate.fetch(request, env, context);
  },
  queue(batch, env, context) {
    const { tenants } = (service ??= composeService(env, context));
    return consume(batch, env, (tenant) => tenants.of(tenant));
  },
  async scheduled({ cron }, env, context) {
    service ??= composeService(env, context);
    if (cron === EVERY_MINUTE) await everyMinute(service, env);
    else await refreshOnSchedule(service.tenants.of(DEFAULT_TENANT).refresher);
  },
} satisfies ExportedHandler<Env, FeedbackMessage | AheadMessage>;
