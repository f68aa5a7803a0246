/** What an attribute of an item may hold. */
export type AttributeValue = string | number | boolean | readonly string[];

/** One thing that can be recommended: a product, a video, an article. */
export interface Item {
  readonly id: string;
  readonly title: string;
  /** In the catalogue's own currency. */
  readonly price?: number;
  readonly categories: readonly string[];
  readonly createdAtMs?: number;
  /** Everything else the catalogue says about the item, by name. */
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}
