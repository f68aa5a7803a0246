/**
 * One thing that a user said of their recommendations. Texts hold the catalogue's own words: small letters, digits and spaces,
 * or the title of an item.
 */
export type Critique = {
  readonly id: string;
  readonly atMs: number;
  /** Set where a language model read it; the rules here did otherwise. */
  readonly origin?: 'llm';
} & Wish;

export type Wish =
  /** More or less of what these words say. */
  | { readonly kind: 'more' | 'less'; readonly words: string }
  /** Nothing below, or above, this price. */
  | { readonly kind: 'price'; readonly priceMin?: number; readonly priceMax?: number }
  /** More like this item, or not this and what is like it. */
  | { readonly kind: 'more-like-this' | 'not-this'; readonly item: string };
