import type { Interaction } from './interaction.ts';

/** An interaction on its way to the counters, with the items that the user had turned to before, newest first. */
export interface StreamedInteraction extends Interaction {
  readonly after: readonly string[];
}

/** A visitor turned out to be a user: what the visitor did is the user's. */
export interface Merge {
  readonly visitor: string;
  readonly user: string;
  readonly atMs: number;
}

/** What a session tells the rest of the system, through the queue; a message may arrive late, twice and in any order. */
export type FeedbackMessage = {
  /** Absent in messages from before there were tenants: the default one's. */
  readonly tenant?: string;
} & (
  | { readonly kind: 'interactions'; readonly interactions: readonly StreamedInteraction[] }
  /** Forget what this user did up to then. */
  | { readonly kind: 'erase'; readonly user: string; readonly untilMs: number }
  | ({ readonly kind: 'merge' } & Merge)
);

/** Which trend is asked for: of one country, of one category; of all of them where absent. */
export interface TrendingQuery {
  readonly country?: string | undefined;
  readonly category?: string | undefined;
}

export interface TrendingItem {
  readonly item: string;
  /** Weights of interactions, those of now in full. */
  readonly score: number;
}

/** How often recommendations showed an item, and users turned to it there. */
export interface Exposure {
  readonly impressions: number;
  readonly clicks: number;
}

/** What users did with an item since the counters began. */
export interface ItemBehaviour {
  readonly item: string;
  /** The sum of the weights of interactions with it. */
  readonly popularity: number;
  /** What users had turned to shortly before they turned to it, and how often; the most frequent `LIMITS.visitsRead` at most. */
  readonly after: readonly (readonly [item: string, visits: number])[];
}
