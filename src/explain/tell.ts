import type { Explanation, Fallback } from '../domain/explanation.ts';
import { ModelUnavailable, type Caller, type LanguageModel } from '../domain/language-model.ts';
import { LIMITS } from '../domain/limits.ts';
import type { Brief } from './brief.ts';
import { findBreach, groundOf, type Breach } from './grounding.ts';
import { promptFor } from './prompt.ts';
import { endOfSentences } from './sentences.ts';

/** What listeners are told: sentences as soon as each has passed the check, then the whole, which replaces them. */
export type ExplanationEvent =
  | { readonly kind: 'sentence'; readonly text: string }
  | { readonly kind: 'done'; readonly explanation: Explanation };

/**
 * Has the language model explain a recommendation. A sentence is passed on when it is complete and nothing is wrong with all
 * that was said so far; the first breach ends the call, is told to `onBreach`, and the worded reason takes the text's place. Never throws.
 */
export async function* tell(
  brief: Brief,
  model: LanguageModel,
  caller: Caller,
  onBreach: (breach: Breach, text: string) => void,
): AsyncGenerator<ExplanationEvent, void> {
  if (!brief.fit) return yield ended(fallBack(brief, 'unfit'));
  const ground = groundOf(brief);
  let text = '';
  let passed = 0; // characters
  try {
    for await (const piece of model.stream(promptFor(brief), caller)) {
      text += piece;
      if (text.length > LIMITS.explanationChars) return yield refuse('long');
      const end = endOfSentences(text);
      if (end <= passed) continue;
      const breach = findBreach(text.slice(0, end), ground, false);
      if (breach) return yield refuse(breach);
      yield { kind: 'sentence', text: text.slice(passed, end) };
      passed = end;
    }
  } catch (cause) {
    if (!(cause instanceof ModelUnavailable)) throw cause;
    return yield ended(fallBack(brief, cause.absence));
  }
  const breach = findBreach(text, ground, true);
  if (breach) return yield refuse(breach);
  yield ended({ text: text.trim(), origin: 'llm' });

  function refuse(breach: Breach): ExplanationEvent {
    onBreach(breach, text);
    return ended(fallBack(brief, 'refused'));
  }
}

const ended = (explanation: Explanation): ExplanationEvent => ({ kind: 'done', explanation });

/** The worded reason, and why it is that. */
export function fallBack({ template }: Brief, fallback: Fallback): Explanation {
  return { text: template, origin: 'template', fallback };
}
