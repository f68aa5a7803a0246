import type { Critique } from '../../domain/critique.ts';
import { LIMITS } from '../../domain/limits.ts';
import { labelsOf, termsOfText } from '../../model/words.ts';
import { asksForMore, directionOf } from '../critiques.ts';
import { cosines } from '../directions.ts';
import type { Serving } from '../serving.ts';
import { keepAll, type Rule } from './rule.ts';
import { weigh } from './weigh.ts';

/** A critique counts half after this long. */
const HALF_LIFE_MS = 3 * 24 * 60 * 60_000;
/** What an item is of a critique whose words it has, and at most where only its vector points where they do. */
const HAS_WORDS = 1;
const IS_NEAR = 0.5;

/**
 * Weighs items by what the user asked more and less of: a fresh critique makes what it names `LIMITS.factor` times as likely, or as
 * unlikely, and one that has aged, or an item that is only near, so much less. All critiques of an item together are bounded alike.
 */
export const critiques: Rule = (list, { critiques, request: { nowMs }, serving }) => {
  if (critiques.length === 0) return keepAll(list);
  const rows = Int32Array.from(list, ({ row }) => row);
  const powers = new Map(list.map(({ row }) => [row, 0]));
  for (const critique of critiques) {
    const strength = (asksForMore(critique) ? 1 : -1) * 0.5 ** (Math.max(0, nowMs - critique.atMs) / HALF_LIFE_MS);
    likeness(critique, rows, serving).forEach((share, at) => powers.set(rows[at]!, powers.get(rows[at]!)! + strength * share));
  }
  return keepAll(weigh(list, (row) => LIMITS.factor ** Math.max(-1, Math.min(1, powers.get(row)!))));
};

/** How much each row is what a critique is of: [R] between 0 and 1. */
function likeness(critique: Critique, rows: Int32Array, serving: Serving): Float32Array {
  if (critique.kind === 'price') return new Float32Array(rows.length);
  const near = cosines(directionOf(critique, serving), rows, serving);
  const words = 'words' in critique ? termsOfText(critique.words) : [];
  return near.map((cosine, at) => (hasAll(words, rows[at]!, serving) ? HAS_WORDS : IS_NEAR * Math.max(0, cosine)));
}

/** Whether an item has all words, of which there are some, in its title, categories and attributes. */
function hasAll(words: readonly string[], row: number, { snapshot }: Serving): boolean {
  if (words.length === 0) return false;
  const item = snapshot.items.at(row);
  const terms = new Set([item.title, ...labelsOf(item)].flatMap(termsOfText));
  return words.every((word) => terms.has(word));
}
