import type { Intent } from './intent.ts';

/** Why an item is in the answer, in the model's own terms. */
export interface Reason {
  /**
   * `goes-with`: people who had the `because` items went on to this one;
   * `similar`: the transformer places it near them;
   * `popular`: many people choose it;
   * `trending`: many people turned to it lately;
   * `new`: it came lately, or nobody has turned to it yet;
   * `continue`: the user began it and did not finish;
   * `match`: it has the words that the user looks for;
   * `meaning`: the text encoder places it near them.
   */
  readonly kind: 'goes-with' | 'similar' | 'popular' | 'trending' | 'new' | 'continue' | 'match' | 'meaning';
  readonly text: string;
  /** Ids of the items in the history that carried the score, strongest first. */
  readonly because: readonly string[];
}

export interface RecommendedItem {
  readonly id: string;
  readonly title: string;
  readonly price?: number;
  /** What the order is made from, factors included; comparable within one `snapshot`, not a probability. */
  readonly score: number;
  readonly reason: Reason;
  /** Names the explanation of this reason, where explanations were asked for; the text itself, where it was at hand. */
  readonly explanationId?: string;
  readonly explanation?: string;
}

/** A part of the service that could not take part in an answer. */
export type DegradedPart = 'snapshot' | 'transformer' | 'ranker' | 'session' | 'trending' | 'vectors';

export interface Recommendation {
  readonly id: string;
  readonly items: readonly RecommendedItem[];
  /** Gives the next page; null where there is none. */
  readonly cursor: string | null;
  /** Ids in the history that the catalogue does not have; they were ignored. */
  readonly unknown: readonly string[];
  /** Version of everything this answer was computed from; null while none could be loaded. */
  readonly snapshot: string | null;
  readonly degraded: readonly DegradedPart[];
  /** What the query was understood as, where one was searched for. */
  readonly intent?: Intent;
  /** What the user said of their recommendations and still counts, oldest first; absent where there is nothing. */
  readonly critiques?: readonly { readonly id: string; readonly text: string }[];
  /** The variant that made this answer, where the user takes part in an experiment. */
  readonly variant?: { readonly experiment: string; readonly name: string };
  readonly debug?: Debug;
}

/** How an answer came about; items by their ids. */
export interface Debug {
  readonly scenario: string;
  /** Of what may be shown otherwise: what was left out before anything was looked for. */
  readonly barred: readonly { readonly id: string; readonly reason: 'excluded' | 'seen' }[];
  /** What each source proposed, and how many times as likely that counts. */
  readonly sources: readonly { readonly source: string; readonly factor: number; readonly items: readonly string[] }[];
  /** All that was proposed, with what the ranker read of it and the score before the rules; best first. */
  readonly candidates: readonly { readonly id: string; readonly score: number; readonly features: Readonly<Record<string, number>> }[];
  /** How many times as likely a language model made items of earlier answers count, where it was asked. */
  readonly reranking?: readonly { readonly id: string; readonly factor: number }[];
  /** In the order of their application: what each rule let through, in its order, and what it took out. */
  readonly rules: readonly {
    readonly rule: string;
    readonly kept: readonly string[];
    readonly dropped: readonly { readonly id: string; readonly reason: string }[];
  }[];
}
