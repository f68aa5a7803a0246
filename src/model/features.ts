/**
 * What is known of a candidate when it is scored, in one place for training, evaluation and requests. Features depend on
 * the user's history and the item alone, never on the other candidates of a request.
 */

export interface FeatureSpec {
  readonly name: string;
  readonly unit: string;
  readonly source: string;
}

/** In the order of the columns of a feature matrix. A change here makes older models unreadable, on purpose. */
export const FEATURES = [
  { name: 'transformer', unit: 'logit', source: 'inner product of the user vector and the item vector' },
  { name: 'rulesNow', unit: 'ln(1 + 1000·share)', source: 'sequential rules from the newest items, decay 0.6 an item' },
  { name: 'rulesLong', unit: 'ln(1 + 1000·share)', source: 'sequential rules from the whole history, decay 0.98 an item' },
  { name: 'coVisitsNow', unit: 'ln(1 + 20·weight)', source: 'co-visit weights of the newest items, decay 0.6 an item' },
  { name: 'coVisitsLong', unit: 'ln(1 + 20·weight)', source: 'co-visit weights of the whole history, decay 0.98 an item' },
  { name: 'popularity', unit: 'ln(1 + interactions)', source: 'interactions with the item in the training data' },
] as const satisfies readonly FeatureSpec[];

export type FeatureName = (typeof FEATURES)[number]['name'];
export const FEATURE_COUNT = FEATURES.length;

/** Decays of the two horizons over which neighbours are added up: the last few items, and the whole history. */
export const HORIZONS = { now: 0.6, long: 0.98 } as const;

/** Both spread numbers, most of them small, over a range that a linear function can use. */
export const logShare = (share: number): number => (share === 0 ? 0 : Math.log(1 + 1000 * share));
export const logWeight = (weight: number): number => (weight === 0 ? 0 : Math.log(1 + 20 * weight));

/** A fingerprint of the registry: a model carries the one it was trained with, and is refused by any other (FNV-1a, 32 bits). */
export function featureSchemaHash(): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(JSON.stringify([FEATURES, HORIZONS]))) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
