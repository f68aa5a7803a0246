import type { Explanation, Fallback } from '../domain/explanation.ts';
import type { Caller, LanguageModel } from '../domain/language-model.ts';
import { LIMITS } from '../domain/limits.ts';
import type { Errand } from '../flight/flight.ts';
import type { Brief } from './brief.ts';
import { tell, type ExplanationEvent } from './tell.ts';

/** Has an explanation written, once for everybody; one that may not be shown is logged as `explanation_refused`. */
export function explanationErrand(key: string, brief: Brief, model: LanguageModel, caller: Caller): Errand<ExplanationEvent> {
  const onBreach = (breach: string, text: string) => console.warn(JSON.stringify({ event: 'explanation_refused', breach, key, text }));
  return {
    work: () => tell(brief, model, caller, onBreach),
    landing: (event) => (event.kind === 'done' ? landingOf(event.explanation, caller) : undefined),
    recall: (text) => ({ kind: 'done', explanation: { text, origin: 'llm' } }),
  };
}

function landingOf({ text, origin, fallback }: Explanation, { urgency }: Caller) {
  if (origin === 'llm') return { keptMs: LIMITS.explanationTtlMs, text };
  return { keptMs: keepFallbackMs(fallback!, urgency) };
}

/** How long nobody asks again. What was not there for a prefetch may be there for somebody who waits. */
function keepFallbackMs(fallback: Fallback, urgency: Caller['urgency']): number {
  if (fallback === 'refused' || fallback === 'unfit') return LIMITS.explanationRefusedMs;
  return urgency === 'prefetch' ? 0 : LIMITS.explanationRetryMs;
}
