import type { Signals } from '../signals.ts';
import type { Situation } from '../situation.ts';

/**
 * Proposes rows of items that are permitted, as far as `Situation.permitted` says. Their order says nothing but which of two
 * equally scored items comes first. Reads memory only; the tallies are filled.
 */
export type Source = (situation: Situation, signals: Signals) => ArrayLike<number>;
