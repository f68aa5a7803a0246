import type { Filter } from './filter/filter.ts';

/** What proposes items, in the order in which it is asked; each is a file in `sources/`. */
export const SOURCE_NAMES = [
  'transformer',
  'rules',
  'coVisits',
  'texts',
  'similar',
  'complementary',
  'continue',
  'trending',
  'fresh',
  'query',
  'critiques',
  'popular',
] as const;
export type SourceName = (typeof SOURCE_NAMES)[number];

/**
 * How an answer is made: which sources propose items, and what the rules do with them. A scenario is a name for one of these; a
 * request may override any part. Wherever something weighs an item up or down it is a factor: the item counts that many times as
 * likely. Scores are logits, so a factor adds its logarithm (see `rules/weigh.ts`).
 */
export interface Settings {
  /** The sources that are asked, each with the factor of what it proposes; an item of several has the highest of theirs. */
  readonly sources: Readonly<Partial<Record<SourceName, number>>>;
  readonly seen: SeenPolicy;
  /** Whether items that the user was merely shown count as seen. */
  readonly shownIsSeen: boolean;
  /** An item counts half as much after so many days since it was created; Infinity: its age does not matter. */
  readonly halfLifeDays: number;
  /** What an operator wants up (factors above 1) or down (below 1). */
  readonly boosts: readonly Boost[];
  readonly caps: Caps;
  /** How much an item loses for being like those above it: 0 nothing, 1 everything but that. */
  readonly diversity: number;
  /** Places of an answer, its last, that are given to fresh items to learn what they are worth. */
  readonly exploration: number;
  /** Whether a language model is asked, behind the answers, to put them in order for each user; that counts in later ones. */
  readonly reranking: boolean;
  /** How items are ranked where a query is searched for. */
  readonly matching: Matching;
}

/**
 * What becomes of items that the user has turned to already. `drop`: not shown. `demote`: weighed down as far as a factor may.
 * `allow`: left to the model, which has learned from how often and how lately an item was turned to whether it comes again.
 */
export const SEEN_POLICIES = ['drop', 'demote', 'allow'] as const;
export type SeenPolicy = (typeof SEEN_POLICIES)[number];

interface Boost {
  readonly filter: Filter;
  readonly factor: number;
}

/** What each way of finding counts; one that counts nothing proposes nothing. */
export interface Matching {
  /** Having the words. */
  readonly lexical: number;
  /** Being near what they mean. */
  readonly semantic: number;
  /** What the user's past says. */
  readonly behaviour: number;
}

/** Items that one answer may hold of one category, of one brand; Infinity: as many as there are. */
export interface Caps {
  readonly category: number;
  readonly brand: number;
}

/** Whether a rule may bring up an item from anywhere in the ranking, so that all of it has to be made and should be long. */
export function mayReorder({ boosts, halfLifeDays, caps, diversity, exploration, seen, sources }: Settings): boolean {
  const capped = caps.category < Infinity || caps.brand < Infinity;
  const varied = diversity > 0 || exploration > 0;
  return boosts.length > 0 || halfLifeDays < Infinity || capped || varied || seen === 'demote' || sources.continue !== undefined;
}

/** Whether it matters which source proposed an item: one counts for more than others, or is a reason of its own. */
export function tellsSources({ sources }: Settings): boolean {
  const reasons = [sources.trending, sources.fresh, sources.critiques];
  return reasons.some((factor) => factor !== undefined) || Object.values(sources).some((factor) => factor !== 1);
}
