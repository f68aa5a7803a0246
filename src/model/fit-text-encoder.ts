import type { Item } from '../domain/item.ts';
import { quantizeRows } from '../kernel/quantize.ts';
import type { TermVectors } from './text-encoder.ts';
import { conjugateGradients } from './least-squares.ts';
import { labelsOf, termsOfText } from './words.ts';

/** A term of one item says no more than the item itself. */
const ITEMS_MIN = 2;
/** Ridge: chosen on the validation tags of MovieLens, as is the next (docs/decisions/050). */
const REGULARISATION = 30;
/** What a label as a text counts against an item of the same number of interactions. */
const LABEL_WEIGHT = 20;

/** A text, and the direction that its vector should have. */
interface Example {
  readonly terms: readonly string[];
  /** [dims] of length 1 */
  readonly target: Float32Array;
  readonly weight: number;
}

/**
 * Fits the text encoder to item vectors [items, dims]: ridge regression from the words of each item to the direction of its
 * vector, and from those of each label to the mean direction of its items. Items count by the logarithm of their interactions,
 * `popularity` [items], as little is known of the rare ones. About a second for ten thousand items.
 */
export function fitTextEncoder(items: readonly Item[], vectors: Float32Array, popularity: Float32Array): TermVectors {
  const dims = vectors.length / items.length;
  const examples = [...itemExamples(items, vectors, popularity), ...labelExamples(items, vectors)];
  const frequency = new Map<string, number>();
  for (const { terms } of examples) for (const term of terms) frequency.set(term, (frequency.get(term) ?? 0) + 1);
  const terms = [...frequency].filter(([, count]) => count >= ITEMS_MIN).map(([term]) => term);
  const rowOf = new Map(terms.map((term, row) => [term, row]));
  const rarity = Float32Array.from(terms, (term) => 0.1 + Math.log(examples.length / frequency.get(term)!));
  const solved = conjugateGradients(
    examples.map(({ terms: words, target, weight }) => ({ ...weighTerms(words, rowOf, rarity), target, weight })),
    terms.length,
    dims,
    REGULARISATION,
  );
  for (let row = 0; row < terms.length; row++) for (let d = 0; d < dims; d++) solved[row * dims + d]! *= rarity[row]!;
  return { terms, vectors: quantizeRows(solved, terms.length, dims) };
}

function itemExamples(items: readonly Item[], vectors: Float32Array, popularity: Float32Array): Example[] {
  const dims = vectors.length / items.length;
  return items.map((item, row) => ({
    terms: distinctTerms([item.title, ...labelsOf(item)]),
    target: direction(vectors.subarray(row * dims, (row + 1) * dims)),
    weight: Math.log1p(popularity[row]!),
  }));
}

function labelExamples(items: readonly Item[], vectors: Float32Array): Example[] {
  const dims = vectors.length / items.length;
  const sums = new Map<string, { sum: Float32Array; count: number }>();
  items.forEach((item, row) => {
    const towards = direction(vectors.subarray(row * dims, (row + 1) * dims));
    for (const label of new Set(labelsOf(item))) {
      const known = sums.get(label) ?? { sum: new Float32Array(dims), count: 0 };
      sums.set(label, { sum: known.sum.map((value, d) => value + towards[d]!), count: known.count + 1 });
    }
  });
  return Array.from(sums, ([label, { sum, count }]) => ({
    terms: distinctTerms([label]),
    target: direction(sum),
    weight: LABEL_WEIGHT * Math.log1p(count),
  }));
}

const distinctTerms = (texts: readonly string[]) => [...new Set(texts.flatMap(termsOfText))];

function direction(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => value / length);
}

/** The rows of the known terms with their weights, together of length 1. */
function weighTerms(words: readonly string[], rowOf: ReadonlyMap<string, number>, rarity: Float32Array) {
  const rows = Int32Array.from(words.flatMap((word) => rowOf.get(word) ?? []));
  const length = Math.hypot(...Array.from(rows, (row) => rarity[row]!)) || 1;
  return { columns: rows, values: Float32Array.from(rows, (row) => rarity[row]! / length) };
}
