/**
 * What is known of a candidate when it is scored, in one place for training, evaluation and requests. Features depend on
 * the user's history and the item alone, never on the other candidates of a request.
 */
import { fnv1a } from '../kernel/hash.ts';

export interface FeatureSpec {
  readonly name: string;
  readonly unit: string;
  readonly source: string;
}

/**
 * In the order of the columns of a feature matrix. The ranker brings every column to mean 0 and deviation 1 by what it saw
 * in training. A change here makes older models unreadable, on purpose.
 */
export const FEATURES = [
  { name: 'transformer', unit: 'logit', source: 'inner product of the user vector and the item vector' },
  { name: 'rulesNow', unit: 'ln(1 + 1000·share)', source: 'sequential rules from the newest items, decay 0.6 an item' },
  { name: 'rulesLong', unit: 'ln(1 + 1000·share)', source: 'sequential rules from the whole history, decay 0.98 an item' },
  { name: 'coVisitsNow', unit: 'ln(1 + 20·weight)', source: 'co-visit weights of the newest items, decay 0.6 an item' },
  { name: 'coVisitsLong', unit: 'ln(1 + 20·weight)', source: 'co-visit weights of the whole history, decay 0.98 an item' },
  { name: 'textNow', unit: 'ln(1 + 10·cosine)', source: 'likeness to the texts of the newest items, decay 0.6 an item' },
  { name: 'textLong', unit: 'ln(1 + 10·cosine)', source: 'likeness to the texts of the whole history, decay 0.98 an item' },
  { name: 'popularity', unit: 'ln(1 + interactions)', source: 'interactions with the item in the training data' },
  { name: 'trend', unit: 'ln(1 + interactions)', source: 'the same in the last tenth of its time; 0 for data without times' },
  { name: 'age', unit: 'ln(1 + days)', source: 'from the first interaction with the item to the newest of all; 0 for data without times' },
  {
    name: 'categories',
    unit: 'share',
    source: 'how many of the newest items are in each of its categories, decay 0.8 an item, on average',
  },
  { name: 'price', unit: '|ln ratio|', source: 'its price against the mean price of the newest items; 0 where either is unknown' },
  { name: 'seenTimes', unit: 'ln(1 + times)', source: 'how often it is in the history' },
  { name: 'seenLately', unit: '1/(1 + steps)', source: 'how many other items came after it in the history; 0 if it is not there' },
  { name: 'history', unit: 'ln(1 + interactions)', source: 'length of the history' },
] as const satisfies readonly FeatureSpec[];

export type FeatureName = (typeof FEATURES)[number]['name'];
export const FEATURE_COUNT = FEATURES.length;

/** Decays of the two horizons over which neighbours are added up: the last few items, and the whole history. */
export const HORIZONS = { now: 0.6, long: 0.98 } as const;

/** How the newest items speak for categories and prices. */
export const TASTE = { items: 5, decay: 0.8 } as const;

/** Spread numbers, most of them small, over a range that a small network can use. */
export const logShare = (share: number): number => (share === 0 ? 0 : Math.log(1 + 1000 * share));
export const logWeight = (weight: number): number => (weight === 0 ? 0 : Math.log(1 + 20 * weight));
export const logCosine = (cosine: number): number => (cosine === 0 ? 0 : Math.log(1 + 10 * cosine));

/** A fingerprint of the registry: a model carries the one it was trained with, and is refused by any other. */
export function featureSchemaHash(): string {
  return fnv1a(JSON.stringify([FEATURES, HORIZONS, TASTE]))
    .toString(16)
    .padStart(8, '0');
}
