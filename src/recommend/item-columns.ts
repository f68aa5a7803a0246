import type { Snapshot } from '../catalog/snapshot.ts';
import type { Item } from '../domain/item.ts';

/** What the features read of the items, by column and ready to be added up; made once a snapshot. */
export interface ItemColumns {
  /** [items] ln(1 + interactions), of all and of the newest tenth of the time; ln(1 + days) since the first */
  readonly logPopularity: Float32Array;
  readonly logTrend: Float32Array;
  readonly logAge: Float32Array;
  /** [items] NaN where the price is not known */
  readonly logPrice: Float32Array;
  /** Item `i` is in the categories `start[i] <= k < start[i + 1]` of `category`. */
  readonly categoryStart: Int32Array;
  readonly category: Int32Array;
  /** Rows of the items whose time of creation is known, newest first. */
  readonly byCreation: Int32Array;
}

export function openItemColumns({ items, statistics }: Snapshot): ItemColumns {
  const numbers = new Map<string, number>();
  const categoryStart = new Int32Array(items.length + 1);
  const category: number[] = [];
  items.forEach(({ categories }, row) => {
    for (const name of categories) {
      const number = numbers.get(name) ?? numbers.size;
      numbers.set(name, number);
      category.push(number);
    }
    categoryStart[row + 1] = category.length;
  });
  return {
    logPopularity: statistics.popularity.map(Math.log1p),
    logTrend: statistics.trend.map(Math.log1p),
    logAge: statistics.ageDays.map(Math.log1p),
    logPrice: Float32Array.from(items, ({ price }) => (price !== undefined && price > 0 ? Math.log(price) : NaN)),
    categoryStart,
    category: Int32Array.from(category),
    byCreation: byCreation(items),
  };
}

function byCreation(items: readonly Item[]): Int32Array {
  const createdAtMs = (row: number) => items[row]!.createdAtMs!;
  const known = [...items.keys()].filter((row) => items[row]!.createdAtMs !== undefined);
  return Int32Array.from(known.sort((a, b) => createdAtMs(b) - createdAtMs(a)));
}
