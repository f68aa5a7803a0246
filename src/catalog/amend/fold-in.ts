import type { ItemBehaviour } from '../../domain/feedback.ts';
import { LIMITS } from '../../domain/limits.ts';

/** What a text counts for, in interactions. With 5 interactions an item stands a fifth of the way from its text to its behaviour. */
const TEXT_WEIGHT = 20;
/** The mean of 1/steps over the items before that are counted: what a visit is in a sequential rule. */
const STEP_WEIGHT = Array.from({ length: LIMITS.itemsBefore }, (_, at) => 1 / (at + 1)).reduce(
  (sum, share) => sum + share / LIMITS.itemsBefore,
  0,
);

/** An item that the model was trained on, in the version that is made. */
export interface KnownItem {
  readonly row: number;
  readonly vector: Float32Array;
  readonly popularity: number;
}

/** What is learned of an item from what users did since the models were trained. */
export interface Lesson {
  readonly row: number;
  readonly vector: Float32Array;
  readonly popularity: number;
  /** Rows that users came from, with the weight of the rule. */
  readonly rules: readonly (readonly [from: number, weight: number])[];
}

/** The share [0, 1] of a vector that is its text, after so many interactions. */
export function textShare(interactions: number): number {
  return TEXT_WEIGHT / (TEXT_WEIGHT + interactions);
}

/**
 * Folds what users did with an item into its place by text, `text` [dims]: a mean of that and of the items that they came from, each as often as
 * they did, as in folding a user into a factor model; it keeps the length `length`, for which the ranker is calibrated. A rule to it weighs what
 * the same visits would in training. Undefined where they came from nothing that is known.
 */
export function foldIn(
  { popularity, after }: Pick<ItemBehaviour, 'popularity' | 'after'>,
  { row, text }: { readonly row: number; readonly text: Float32Array },
  length: number,
  itemOf: (id: string) => KnownItem | undefined,
): Lesson | undefined {
  const came = after.flatMap(([id, visits]) => {
    const known = itemOf(id);
    return known ? [{ known, visits }] : [];
  });
  const visits = came.reduce((sum, each) => sum + each.visits, 0);
  if (visits === 0) return undefined;
  const behaviour = new Float32Array(text.length);
  for (const { known, visits: times } of came) known.vector.forEach((value, d) => (behaviour[d]! += times * value));
  const share = textShare(visits / LIMITS.itemsBefore);
  const [a, b] = [unit(text), unit(behaviour)];
  const direction = unit(a.map((value, d) => share * value + (1 - share) * b[d]!));
  return {
    row,
    vector: direction.map((value) => length * value),
    popularity,
    rules: came.map(({ known, visits: times }) => [known.row, (STEP_WEIGHT * times) / Math.max(1, known.popularity)]),
  };
}

function unit(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => value / length);
}
