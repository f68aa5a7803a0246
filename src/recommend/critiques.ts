import type { Critique, Wish } from '../domain/critique.ts';
import type { Conditions } from './conditions.ts';
import { directionOfItem } from './directions.ts';
import type { Serving } from './serving.ts';

/** The prices that critiques forbid. They hold as long as the critique does. */
export function conditionsOf(critiques: readonly Critique[]): Conditions {
  const price = critiques.findLast((critique) => critique.kind === 'price');
  if (!price) return { exclude: [] };
  const { priceMin, priceMax } = price;
  return { exclude: [], ...(priceMin !== undefined && { priceMin }), ...(priceMax !== undefined && { priceMax }) };
}

/** Ids of items that were refused. */
export function refusedItems(critiques: readonly Critique[]): string[] {
  return critiques.flatMap((critique) => (critique.kind === 'not-this' ? [critique.item] : []));
}

/** Whether it asks for more of something. */
export function asksForMore({ kind }: Wish): boolean {
  return kind === 'more' || kind === 'more-like-this';
}

/** The direction [dims] of what a wish is of, of length 1; undefined where its words or its item are not known. */
export function directionOf(wish: Exclude<Wish, { kind: 'price' }>, serving: Serving): Float32Array | undefined {
  if ('words' in wish) return serving.textEncoder.encode(wish.words);
  const row = serving.snapshot.rowOf.get(wish.item);
  return row === undefined ? undefined : directionOfItem(row, serving);
}
