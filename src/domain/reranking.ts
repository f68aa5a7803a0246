/** The order in which a language model put what was recommended to a user; kept with the session. */
export interface Reranking {
  /** Ids of items, best first. */
  readonly items: readonly string[];
  /** Ids of the newest interactions that it knew. */
  readonly knew: readonly string[];
}

/** A reranking as far as it still counts. */
export interface FadingReranking {
  /** Ids of items, best first. */
  readonly items: readonly string[];
  /** Above 0; 1 as long as the user has done nothing since. */
  readonly strength: number;
}
