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
  /** Everything else the catalogue says about the item, by name; `RESERVED` names are read here too. */
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

/** Items in the order of their rows: a list of them, or the columns of a snapshot, which put one together when it is asked for. */
export interface ItemList extends Iterable<Item> {
  readonly length: number;
  at(row: number): Item | undefined;
}

/** Attributes with a meaning of their own. The first five say when and where an item may be shown, see `recommend/eligibility.ts`. */
export const RESERVED = {
  /** `true`: never shown */
  hidden: 'hidden',
  /** `false`: not to be had */
  available: 'available',
  /** RFC 3339: shown from then on, and until before then */
  validFrom: 'validFrom',
  validTo: 'validTo',
  /** Shown in these only, e.g. `["DE", "AT"]`; everywhere if there are none */
  markets: 'markets',
  /** Who makes it; caps count it */
  brand: 'brand',
} as const;

/** The brand of an item; undefined if it has none that is text. */
export function brandOf({ attributes }: Item): string | undefined {
  const brand = Object.hasOwn(attributes, RESERVED.brand) ? attributes[RESERVED.brand] : undefined;
  return typeof brand === 'string' ? brand : undefined;
}
