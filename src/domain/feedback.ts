import type { Interaction } from './interaction.ts';

/** What a session tells the rest of the system, through the queue; a message may arrive late, twice and in any order. */
export type FeedbackMessage =
  | { readonly kind: 'interactions'; readonly interactions: readonly Interaction[] }
  /** Forget what this user did up to then. */
  | { readonly kind: 'erase'; readonly user: string; readonly untilMs: number };
