import { DurableObject } from 'cloudflare:workers';
import type { Explanation, Fallback } from '../domain/explanation.ts';
import type { Caller, LanguageModel } from '../domain/language-model.ts';
import { LIMITS } from '../domain/limits.ts';
import type { Brief } from './brief.ts';
import { Broadcast } from './broadcast.ts';
import { encodeEvents } from './events.ts';
import { tell, type ExplanationEvent } from './tell.ts';

/** What the object needs of its Worker. */
export interface ExplanationEnv {
  /** Finished texts by key. */
  readonly EXPLANATIONS: KVNamespace;
}

interface Kept {
  readonly explanation: Explanation;
  readonly untilMs: number;
}

const KEPT_KEY = 'kept';

/**
 * The explanation of one key: whoever asks for it is told by the one call that is under way, or what that gave. A finished text is in KV
 * before the last listener hears of it; here it is kept too, because KV may take a minute to show it elsewhere.
 */
export abstract class ExplanationObject<Env extends ExplanationEnv> extends DurableObject<Env> {
  private telling: Broadcast<ExplanationEvent> | undefined;

  protected abstract readonly model: LanguageModel;

  /** The events of this explanation, from the first one on, as `decodeEvents` reads them. */
  explain(key: string, brief: Brief, caller: Caller): ReadableStream<Uint8Array> {
    this.telling ??= this.begin(key, brief, caller);
    return encodeEvents(this.telling.listen());
  }

  override async alarm(): Promise<void> {
    await this.ctx.storage.deleteAll();
  }

  private begin(key: string, brief: Brief, caller: Caller): Broadcast<ExplanationEvent> {
    const telling = new Broadcast<ExplanationEvent>();
    const end = () => void (this.telling = undefined);
    const failed = (cause: unknown) => console.error(JSON.stringify({ event: 'explanation_failed', key, error: String(cause) }));
    this.ctx.waitUntil(
      telling
        .run(this.write(key, brief, caller))
        .catch(failed)
        .finally(end),
    ); // to its end, whoever hangs up
    return telling;
  }

  private async *write(key: string, brief: Brief, caller: Caller): AsyncGenerator<ExplanationEvent, void> {
    const known = await this.recall(key);
    if (known) return yield { kind: 'done', explanation: known };
    const onBreach = (breach: string, text: string) => console.warn(JSON.stringify({ event: 'explanation_refused', breach, key, text }));
    for await (const event of tell(brief, this.model, caller, onBreach)) {
      if (event.kind === 'done') await this.keep(key, event.explanation, caller);
      yield event;
    }
  }

  private async recall(key: string): Promise<Explanation | undefined> {
    const kept = this.ctx.storage.kv.get<Kept>(KEPT_KEY);
    if (kept && kept.untilMs > Date.now()) return kept.explanation;
    const text = await this.env.EXPLANATIONS.get(key);
    return text === null ? undefined : { text, origin: 'llm' };
  }

  private async keep(key: string, explanation: Explanation, { urgency }: Caller): Promise<void> {
    const { text, origin, fallback } = explanation;
    const forMs = fallback === undefined ? LIMITS.explanationTtlMs : keepFallbackMs(fallback, urgency);
    if (forMs === 0) return;
    const untilMs = Date.now() + forMs;
    this.ctx.storage.kv.put<Kept>(KEPT_KEY, { explanation, untilMs });
    await this.ctx.storage.setAlarm(untilMs);
    if (origin === 'llm') await this.env.EXPLANATIONS.put(key, text, { expirationTtl: LIMITS.explanationTtlMs / 1000 });
  }
}

/** How long nobody asks again. What was not there for a prefetch may be there for somebody who waits. */
function keepFallbackMs(fallback: Fallback, urgency: Caller['urgency']): number {
  if (fallback === 'refused' || fallback === 'unfit') return LIMITS.explanationRefusedMs;
  return urgency === 'prefetch' ? 0 : LIMITS.explanationRetryMs;
}
