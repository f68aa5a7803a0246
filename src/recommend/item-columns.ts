import type { Categories } from '../catalog/columns/merge-columns.ts';
import type { Snapshot } from '../catalog/snapshot.ts';

/** What the features read of the items, by column and ready to be added up; made once a snapshot. */
export interface ItemColumns {
  /** [items] ln(1 + interactions), of all and of the newest tenth of the time; ln(1 + days) since the first */
  readonly logPopularity: Float32Array;
  readonly logTrend: Float32Array;
  readonly logAge: Float32Array;
  /** [items] NaN where the price is not known */
  readonly logPrice: Float32Array;
  readonly categories: Categories;
  /** Rows of the items whose time of creation is known, newest first. */
  readonly byCreation: Uint32Array;
}

export function openItemColumns({ items, statistics }: Snapshot): ItemColumns {
  return {
    logPopularity: statistics.popularity.map(Math.log1p),
    logTrend: statistics.trend.map(Math.log1p),
    logAge: statistics.ageDays.map(Math.log1p),
    logPrice: Float32Array.from(items.price, (price) => (price > 0 ? Math.log(price) : NaN)),
    categories: items.categories,
    byCreation: byCreation(items.createdAtMs),
  };
}

function byCreation(createdAtMs: Float64Array): Uint32Array {
  const known = Uint32Array.from(createdAtMs.keys()).filter((row) => !Number.isNaN(createdAtMs[row]!));
  return known.sort((a, b) => createdAtMs[b]! - createdAtMs[a]!);
}
