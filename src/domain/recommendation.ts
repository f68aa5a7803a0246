/** Why an item is in the answer, in the model's own terms. */
export interface Reason {
  /**
   * `goes-with`: people who had the `because` items went on to this one;
   * `similar`: the transformer places it near them;
   * `popular`: many people choose it;
   * `trending`: many people turned to it lately;
   * `matches`: it has the words that were searched for;
   * `meaning`: the text encoder places it near them.
   */
  readonly kind: 'goes-with' | 'similar' | 'popular' | 'trending' | 'matches' | 'meaning';
  readonly text: string;
  /** Ids of the items in the history that carried the score, strongest first. */
  readonly because: readonly string[];
}

export interface RecommendedItem {
  readonly id: string;
  readonly title: string;
  readonly price?: number;
  /** Orders the answer; comparable within one `snapshot`, not a probability. */
  readonly score: number;
  readonly reason: Reason;
}

/** A part of the service that could not take part in an answer. */
export type DegradedPart = 'snapshot' | 'transformer' | 'ranker' | 'session' | 'trending';

export interface Recommendation {
  readonly id: string;
  readonly items: readonly RecommendedItem[];
  /** Ids in the history that the catalogue does not have; they were ignored. */
  readonly unknown: readonly string[];
  /** Version of everything this answer was computed from; null while none could be loaded. */
  readonly snapshot: string | null;
  readonly degraded: readonly DegradedPart[];
  /** What the user said of their recommendations and still counts, oldest first; absent where there is nothing. */
  readonly critiques?: readonly { readonly id: string; readonly text: string }[];
}
