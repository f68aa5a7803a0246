import { seededRandom } from '../kernel/random.ts';
import type { Snapshot } from './snapshot.ts';

/** Histories that are asked for, of so many items each, out of so many of the most popular. */
const HISTORIES = 24;
const HISTORY_ITEMS = 3;
const POPULAR = 500;

/** Histories whose recommendations tell two versions apart: popular items, the same ones for the same version. */
export function chooseHistories({ items, byPopularity }: Pick<Snapshot, 'items' | 'byPopularity'>): string[][] {
  const random = seededRandom(items.length);
  const popular = byPopularity.subarray(0, POPULAR);
  const choose = () => items.idOf(popular[Math.floor(random() * popular.length)]!);
  return Array.from({ length: HISTORIES }, () => Array.from({ length: HISTORY_ITEMS }, choose));
}

/** The share [0, 1] of what was recommended before that is not recommended now, over lists of the same histories. */
export function shareLost(before: readonly (readonly string[])[], now: readonly (readonly string[])[]): number {
  const asked = before.flat().length;
  const lost = before.reduce((sum, answer, at) => sum + answer.filter((id) => !now[at]!.includes(id)).length, 0);
  return asked === 0 ? 0 : lost / asked;
}
