import { TASTE } from '../model/features.ts';
import { NUMBER_AT, NUMBERS_A_ROW, type ItemColumns } from './item-columns.ts';
import type { Session } from './session.ts';

/** What the newest items of a session have in common. */
export interface Taste {
  /** Weight of each category, by its number. */
  readonly categories: ReadonlyMap<number, number>;
  /** Mean of the logarithms of their prices; NaN if none is known. */
  readonly logPrice: number;
}

export function readTaste({ counted }: Session, { categories: { start, entry }, numbers }: ItemColumns): Taste {
  const categories = new Map<number, number>();
  let prices = 0;
  let priced = 0;
  let share = 1;
  for (let at = counted.length - 1; at >= Math.max(0, counted.length - TASTE.items); at--, share *= TASTE.decay) {
    const row = counted[at]!;
    for (let k = start[row]!; k < start[row + 1]!; k++) {
      categories.set(entry[k]!, (categories.get(entry[k]!) ?? 0) + share);
    }
    const logPrice = numbers[row * NUMBERS_A_ROW + NUMBER_AT.logPrice]!;
    if (Number.isNaN(logPrice)) continue;
    prices += logPrice;
    priced++;
  }
  return { categories, logPrice: prices / priced };
}

/** How much the taste is for the categories of an item, on average over them; 0 for an item without any. */
export function likesCategories({ categories }: Taste, row: number, { categories: { start, entry } }: ItemColumns): number {
  const [from, to] = [start[row]!, start[row + 1]!];
  let sum = 0;
  for (let k = from; k < to; k++) sum += categories.get(entry[k]!) ?? 0;
  return from === to ? 0 : sum / (to - from);
}

/** How far the price of an item is from those of the taste, as a ratio: ln 2 for half and for double; 0 where unknown. */
export function priceDistance({ logPrice: usual }: Taste, row: number, { numbers }: ItemColumns): number {
  const distance = Math.abs(numbers[row * NUMBERS_A_ROW + NUMBER_AT.logPrice]! - usual);
  return Number.isNaN(distance) ? 0 : distance;
}
