import type { Intent } from '../domain/intent.ts';
import type { Serving } from './serving.ts';

/** What the user does not want to see, whether a query or a critique says so. */
export type Conditions = Pick<Intent, 'exclude' | 'priceMin' | 'priceMax'>;

/** [items] 1 where the conditions forbid the item; undefined where there are none. */
export function forbiddenRows({ exclude, priceMin, priceMax }: Conditions, serving: Serving): Uint8Array | undefined {
  const isPriced = priceMin !== undefined || priceMax !== undefined;
  if (exclude.length === 0 && !isPriced) return undefined;
  const { price, length } = serving.snapshot.items;
  const forbidden = new Uint8Array(length);
  if (isPriced) price.forEach((of, row) => (forbidden[row] = Number(!isWithin(of, priceMin, priceMax))));
  for (const phrase of exclude) for (const row of serving.lexicon.index.containing(phrase)) forbidden[row] = 1;
  return forbidden;
}

/** An item without a price, NaN, is within no bounds. */
function isWithin(price: number, least = -Infinity, most = Infinity): boolean {
  return least <= price && price <= most;
}

/** The permitted rows [items] less the forbidden ones. */
export function withoutForbidden(permitted: Uint8Array | undefined, forbidden: Uint8Array | undefined): Uint8Array | undefined {
  return forbidden?.map((is, row) => Number(is === 0 && permitted?.[row] !== 0)) ?? permitted;
}
