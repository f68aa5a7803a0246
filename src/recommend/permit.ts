import type { Intent } from '../domain/intent.ts';
import type { Filter } from './filter/filter.ts';
import type { Serving } from './serving.ts';

/** What an intent does not allow, whoever holds it: a search or a critique. */
export type Conditions = Pick<Intent, 'exclude' | 'priceMin' | 'priceMax'>;

/**
 * [items] 0 where the filter or the conditions forbid the item; undefined where there are none. An item without a price is
 * within no bounds of prices.
 */
export function permittedRows(filter: Filter | undefined, conditions: Conditions, serving: Serving): Uint8Array | undefined {
  const filters = [...(filter ? [filter] : []), ...priceFilters(conditions)];
  const masks = filters.map((one) => serving.permittedBy(one));
  if (conditions.exclude.length === 0 && masks.length <= 1) return masks[0];
  const permitted = new Uint8Array(serving.snapshot.items.length).fill(1);
  for (const mask of masks) for (let row = 0; row < permitted.length; row++) permitted[row]! &= mask[row]!;
  for (const phrase of conditions.exclude) for (const row of serving.lexicon.index.containing(phrase)) permitted[row] = 0;
  return permitted;
}

function priceFilters({ priceMin, priceMax }: Conditions): Filter[] {
  return [
    ...(priceMin === undefined ? [] : [{ kind: 'compare', field: 'price', operator: '>=', value: priceMin } as const]),
    ...(priceMax === undefined ? [] : [{ kind: 'compare', field: 'price', operator: '<=', value: priceMax } as const]),
  ];
}
