import type { Categories } from '../catalog/columns/merge-columns.ts';
import type { Snapshot } from '../catalog/snapshot.ts';

/** What the features read of the items, ready to be added up; made once a snapshot. */
export interface ItemColumns {
  /** [items, NUMBERS_A_ROW] Side by side, in the places of `NUMBER_AT`: who reads one number of an item reads all, and each would be a miss of the cache by itself. */
  readonly numbers: Float32Array;
  readonly categories: Categories;
  /** Rows of the items whose time of creation is known, newest first. */
  readonly byCreation: Uint32Array;
}

/** ln(1 + interactions), of all and of the newest tenth of the time; ln(1 + days) since the first; ln of the price, NaN where it is not known. */
export const NUMBER_AT = { logPopularity: 0, logTrend: 1, logAge: 2, logPrice: 3 } as const;
export const NUMBERS_A_ROW = 4;

export function openItemColumns({ items, statistics: { popularity, trend, ageDays } }: Snapshot): ItemColumns {
  const numbers = new Float32Array(items.length * NUMBERS_A_ROW);
  for (let row = 0, at = 0; row < items.length; row++, at += NUMBERS_A_ROW) {
    const price = items.price[row]!;
    numbers[at + NUMBER_AT.logPopularity] = Math.log1p(popularity[row]!);
    numbers[at + NUMBER_AT.logTrend] = Math.log1p(trend[row]!);
    numbers[at + NUMBER_AT.logAge] = Math.log1p(ageDays[row]!);
    numbers[at + NUMBER_AT.logPrice] = price > 0 ? Math.log(price) : NaN;
  }
  return { numbers, categories: items.categories, byCreation: byCreation(items.createdAtMs) };
}

function byCreation(createdAtMs: Float64Array): Uint32Array {
  const known = Uint32Array.from(createdAtMs.keys()).filter((row) => !Number.isNaN(createdAtMs[row]!));
  return known.sort((a, b) => createdAtMs[b]! - createdAtMs[a]!);
}
