import { EdgewiseError } from './errors.ts';

/** One thing a user did with an item. */
export interface Interaction {
  /** Chosen by the client: the same id twice is the same interaction. */
  readonly id: string;
  readonly user: string;
  readonly item: string;
  readonly type: string;
  /** What it says of the item, see `INTERACTION_WEIGHTS`; fixed when it arrives, so that a change of configuration does not rewrite the past. */
  readonly weight: number;
  /** When it happened, by the client's clock. */
  readonly atMs: number;
  /** When it arrived, by the server's. */
  readonly receivedMs: number;
  readonly value?: number;
  /** The answer in which the user saw the item, and its place there, from 0. */
  readonly recommendationId?: string;
  readonly position?: number;
  /** ISO 3166 code of the country that it came from. */
  readonly country?: string;
}

/** Weights of types of interaction, by name. */
export type InteractionWeights = Readonly<Record<string, number>>;

/**
 * What each type says of the item. Above 0 it speaks for the item: it joins the history that recommendations are made of, and
 * counts as much in what is trending. 0 is kept and counted but says nothing. Below 0 it takes the item out of the history and out
 * of answers, until the user speaks for it again.
 */
export const INTERACTION_WEIGHTS = {
  impression: 0,
  view: 1,
  click: 1,
  play: 1,
  complete: 2,
  share: 2,
  like: 2,
  cart: 3,
  purchase: 5,
  skip: -1,
  dislike: -2,
  /** By its value, see `weightOf`. */
  rating: 2,
} as const satisfies InteractionWeights;

/** A rating of at least this much, of 5, speaks for the item; a lower one against it. */
const GOOD_RATING = 3;

/** The weight of an interaction of this type, which stands at `path` of a request. Throws `unknown_interaction_type` if `weights` does not have it. */
export function weightOf(
  { type, value = 0 }: { readonly type: string; readonly value?: number | undefined },
  weights: InteractionWeights,
  path: string,
): number {
  if (!Object.hasOwn(weights, type))
    throw new EdgewiseError(
      'unknown_interaction_type',
      `There is no type "${type}". There are ${Object.keys(weights).join(', ')}; INTERACTION_TYPES adds others.`,
      { path: `${path}.type` },
    );
  return type === 'rating' && value < GOOD_RATING ? INTERACTION_WEIGHTS.dislike : weights[type]!;
}

/** Older first; of the same time, by id: one order, whatever the order of arrival. */
export function byTime(a: Interaction, b: Interaction): number {
  return a.atMs - b.atMs || (a.id < b.id ? -1 : Number(a.id > b.id));
}
