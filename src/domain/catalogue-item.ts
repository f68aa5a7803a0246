import type { AttributeValue } from './item.ts';

/** An item as a shop describes it. What answers are computed from is the smaller `Item`. */
export interface CatalogueItem {
  readonly id: string;
  readonly title: string;
  readonly description?: string;
  readonly categories: readonly string[];
  readonly tags: readonly string[];
  readonly brand?: string;
  /** In `currency`, or the catalogue's own. */
  readonly price?: number;
  /** ISO 4217 */
  readonly currency?: string;
  /** Addresses of a picture and of the item's page. */
  readonly image?: string;
  readonly url?: string;
  /** Whether it can be had. */
  readonly available: boolean;
  /** Whether it is kept out of all answers. */
  readonly hidden: boolean;
  /** RFC 3339: shown from the first on, and until before the second. */
  readonly validFrom?: string;
  readonly validTo?: string;
  /** Shown in these only, e.g. `["DE", "AT"]`; everywhere if absent or empty. */
  readonly markets?: readonly string[];
  /** RFC 3339: when the shop got it; when the catalogue did if absent. */
  readonly createdAt?: string;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}
