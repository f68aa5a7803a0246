/** In which order the items are wanted, where not by how well they match. */
export const INTENT_SORTS = ['cheapest', 'dearest', 'newest', 'popular'] as const;
export type IntentSort = (typeof INTENT_SORTS)[number];

/**
 * What somebody means by a search. Words are written in small letters and digits only and were all found in the catalogue,
 * so that nothing of a request comes back but what the catalogue says itself; the others stand in `unknown`.
 */
export interface Intent {
  /** What it is about, in words; empty where only conditions were given. */
  readonly about: string;
  /** Categories and attribute values of the catalogue that were named, in its own spelling: they count for an item. */
  readonly include: readonly string[];
  /** Phrases that no item may have in its title, categories or attributes. */
  readonly exclude: readonly string[];
  /** In the catalogue's own currency. */
  readonly priceMin?: number;
  readonly priceMax?: number;
  /** Ids of items that it should be like. */
  readonly like: readonly string[];
  /** Whom or what it is for. */
  readonly for?: string;
  readonly freshness?: 'new';
  readonly sort?: IntentSort;
  /** Words that were not understood; letters, digits and spaces only. Of a text without any its signs, see `signsOf`. */
  readonly unknown: readonly string[];
  /** Who read it: the parser here, at once, or a language model. */
  readonly origin: 'edge' | 'llm';
}

/**
 * What a language model makes of a query or of a critique, in words of its own: it counts only as far as the catalogue has
 * them. Of a critique, `about` is what there should be more of, a wish each, and `exclude` what less of.
 */
export interface Reading {
  readonly about: readonly string[];
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** Titles. */
  readonly like: readonly string[];
  readonly for?: string;
  readonly priceMin?: number;
  readonly priceMax?: number;
  readonly freshness?: 'new';
  readonly sort?: IntentSort;
}

/** What a text that is read is: a search, or what a user says of their recommendations. */
export type TextKind = 'query' | 'critique';
