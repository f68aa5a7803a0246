import type { Snapshot } from '../catalog/snapshot.ts';
import type { Critique, Wish } from '../domain/critique.ts';
import { LIMITS } from '../domain/limits.ts';
import { rowProduct } from '../kernel/quantize.ts';
import { labelsOf, termsOfText } from '../model/words.ts';
import type { Conditions } from './permit.ts';
import type { Serving } from './serving.ts';

/** A critique counts half after this long. */
const HALF_LIFE_MS = 3 * 24 * 60 * 60_000;
/** What all critiques together may add to or take from a score, in standard deviations of the candidates' scores. */
const SHIFT_MAX = 3;
/** What an item counts that has the words, against one whose vector only points where they do. */
const HAS_WORDS = 1;
const IS_NEAR = 0.5;
/** Items that one critique proposes at most. */
const PROPOSED = 50;

/** A critique at a moment: 1 when it was made, less and less until it is forgotten. */
export interface WeighedCritique {
  readonly critique: Critique;
  readonly strength: number;
}

export function weighCritiques(critiques: readonly Critique[], nowMs: number): WeighedCritique[] {
  const active = critiques.filter(({ atMs }) => nowMs - atMs < LIMITS.critiqueTtlMs);
  return active.map((critique) => ({ critique, strength: 0.5 ** (Math.max(0, nowMs - critique.atMs) / HALF_LIFE_MS) }));
}

/** How a client sees critiques: chips to be removed by their id. */
export function chipsOf(critiques: readonly Critique[], snapshot: Snapshot): { id: string; text: string }[] {
  return critiques.map((critique) => ({ id: critique.id, text: textOf(critique, snapshot) }));
}

/** The wish in the catalogue's own words. */
function textOf(wish: Wish, { items, rowOf }: Snapshot): string {
  const titleOf = (id: string) => items[rowOf.get(id) ?? -1]?.title ?? 'an item that is gone';
  switch (wish.kind) {
    case 'more':
    case 'less':
      return `${wish.kind} ${wish.words}`;
    case 'more-like-this':
      return `more like ${titleOf(wish.item)}`;
    case 'not-this':
      return `not ${titleOf(wish.item)}`;
    case 'price':
      if (wish.priceMin === undefined) return `up to ${wish.priceMax}`;
      return wish.priceMax === undefined ? `from ${wish.priceMin}` : `${wish.priceMin} to ${wish.priceMax}`;
  }
}

/** What the critiques forbid: prices. They hold as long as the critique does. */
export function conditionsOf(critiques: readonly WeighedCritique[]): Conditions {
  const price = critiques.map(({ critique }) => critique).findLast(({ kind }) => kind === 'price');
  return { exclude: [], ...(price?.kind === 'price' && pickBounds(price)) };
}

function pickBounds({ priceMin, priceMax }: Omit<Conditions, 'exclude'>): Omit<Conditions, 'exclude'> {
  return { ...(priceMin !== undefined && { priceMin }), ...(priceMax !== undefined && { priceMax }) };
}

/** Ids of items that were refused. */
export function refusedItems(critiques: readonly WeighedCritique[]): string[] {
  return critiques.flatMap(({ critique }) => (critique.kind === 'not-this' ? [critique.item] : []));
}

/** Rows that the critiques ask for, so that there is something to be ranked higher. */
export function proposedRows(critiques: readonly WeighedCritique[], permitted: Uint8Array | undefined, serving: Serving): number[] {
  return critiques.flatMap(({ critique }) => {
    if (critique.kind !== 'more' && critique.kind !== 'more-like-this') return [];
    const direction = directionOf(critique, serving);
    return direction ? [...serving.scanner.nearest(direction, PROPOSED, permitted)] : [];
  });
}

/** Shifts the scores [C] of the candidates `rows` [C] by what the critiques say of them, within bounds. */
export function applyCritiques(
  scores: Float32Array,
  rows: Int32Array,
  critiques: readonly WeighedCritique[],
  serving: Serving,
): Float32Array {
  const unit = deviation(scores);
  const shift = new Float32Array(rows.length);
  for (const { critique, strength } of critiques) {
    if (critique.kind === 'price') continue;
    const sign = critique.kind === 'more' || critique.kind === 'more-like-this' ? 1 : -1;
    likeness(critique, rows, serving).forEach((share, at) => (shift[at]! += sign * strength * share * SHIFT_MAX));
  }
  return scores.map((score, at) => score + unit * Math.max(-SHIFT_MAX, Math.min(SHIFT_MAX, shift[at]!)));
}

/** [C] between 0 and 1: how much each candidate is what a critique is of */
function likeness(wish: Exclude<Wish, { kind: 'price' }>, rows: Int32Array, serving: Serving): Float32Array {
  const { snapshot, scanner } = serving;
  const direction = directionOf(wish, serving);
  const near = direction
    ? scanner.products(direction, rows).map((product, at) => product / (Math.sqrt(rowProduct(snapshot.vectors, rows[at]!, rows[at]!)) || 1))
    : new Float32Array(rows.length);
  const words = 'words' in wish ? termsOfText(wish.words) : [];
  return near.map((cosine, at) => {
    const { title, ...item } = snapshot.items[rows[at]!]!;
    const terms = words.length > 0 ? new Set([title, ...labelsOf({ title, ...item })].flatMap(termsOfText)) : undefined;
    return terms && words.every((word) => terms.has(word)) ? HAS_WORDS : IS_NEAR * Math.max(0, cosine);
  });
}

/** The direction [dims] of what a critique is of, of length 1; undefined where its words or its item are not known. */
function directionOf(wish: Wish, { textEncoder, scanner, snapshot }: Serving): Float32Array | undefined {
  if ('words' in wish) return textEncoder.encode(wish.words);
  const row = 'item' in wish ? snapshot.rowOf.get(wish.item) : undefined;
  if (row === undefined) return undefined;
  const vector = new Float32Array(snapshot.vectors.dims);
  scanner.read(row, vector, 0);
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => value / length);
}

function deviation(values: Float32Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}
