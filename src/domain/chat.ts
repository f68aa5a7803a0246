import type { ModelAbsence } from './language-model.ts';
import type { Locale } from './locale.ts';
import type { RecommendedItem } from './recommendation.ts';

/** What was said so far, oldest first; the last message is the shopper's and is to be answered. */
export interface Conversation {
  readonly messages: readonly { readonly role: 'user' | 'assistant'; readonly content: string }[];
  readonly locale: Locale;
}

/** Why an answer is not the language model's: `refused`: what it said did not pass the check. The others: see `ModelAbsence`. */
export type ChatFallback = ModelAbsence | 'refused';

/** What a client is told: sentences as they come, then the whole, which replaces them, with the items that it cites. */
export type ChatEvent =
  | { readonly kind: 'sentence'; readonly text: string }
  | {
      readonly kind: 'done';
      readonly text: string;
      readonly items: readonly RecommendedItem[];
      readonly origin: 'llm' | 'template';
      readonly fallback?: ChatFallback;
    };
