import type { TextKind } from '../../domain/intent.ts';
import type { Locale } from '../../domain/locale.ts';

/** A text to be read. */
export interface Task {
  readonly kind: TextKind;
  readonly tenant: string;
  /** As `sharedText` makes it. */
  readonly text: string;
  /** In which language words are to be taken that several have. */
  readonly locale: Locale;
  /** What the catalogue has: names of kinds of items, and words of titles. */
  readonly names: readonly string[];
  readonly words: readonly string[];
}
