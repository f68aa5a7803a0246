import type { ModelAbsence } from './language-model.ts';
import type { Locale } from './locale.ts';
import type { Reason } from './recommendation.ts';

/** What an explanation is of: the same for everybody to whom the item is shown for the same reason. */
export interface ExplanationReference {
  readonly kind: Extract<Reason['kind'], 'goes-with' | 'similar' | 'popular'>;
  readonly item: string;
  /** Ids, strongest first. */
  readonly because: readonly string[];
  readonly locale: Locale;
}

/**
 * Why a text is the worded reason and not the language model's: `refused`: what it wrote did not pass the check; `unfit`: a
 * title is not one that may be put before it. The others: see `ModelAbsence`.
 */
export type Fallback = ModelAbsence | 'refused' | 'unfit';

/** A finished explanation. */
export interface Explanation {
  readonly text: string;
  readonly origin: 'llm' | 'template';
  readonly fallback?: Fallback;
}
