import { conjugateGradients } from './least-squares.ts';

/** Ridge, as a share of the mean square of a dimension of the vectors that are mapped. */
const REGULARISATION = 1;

/** A text as another model sees it, and where the item that says it stands. */
export interface TextPair {
  /** [sourceDims] */
  readonly source: Float32Array;
  /** [dims] */
  readonly target: Float32Array;
  /** What is known of the item, in interactions. */
  readonly weight: number;
}

/** A linear map from the space of another model's vectors to directions in the space of the items. */
export interface TextMap {
  readonly sourceDims: number;
  /** [sourceDims, dims] */
  readonly weights: Float32Array;
}

/** Fits the map by ridge regression on directions, as the text encoder is fitted: an item counts by the logarithm of its interactions. */
export function fitTextMap(pairs: readonly TextPair[]): TextMap {
  const sourceDims = pairs[0]!.source.length;
  const columns = Int32Array.from({ length: sourceDims }, (_, column) => column);
  const equations = pairs.map(({ source, target, weight }) => ({
    columns,
    values: unit(source),
    target: unit(target),
    weight: Math.log1p(weight),
  }));
  const lambda = (REGULARISATION * equations.reduce((sum, { weight }) => sum + weight, 0)) / sourceDims;
  return { sourceDims, weights: conjugateGradients(equations, sourceDims, pairs[0]!.target.length, lambda) };
}

/** The direction [dims], of length 1, that `source` is mapped to; undefined for one of another model. */
export function mapText(source: Float32Array, { sourceDims, weights }: TextMap): Float32Array | undefined {
  if (source.length !== sourceDims) return undefined;
  const dims = weights.length / sourceDims;
  const mapped = new Float32Array(dims);
  unit(source).forEach((value, row) => {
    for (let d = 0; d < dims; d++) mapped[d]! += value * weights[row * dims + d]!;
  });
  return Math.hypot(...mapped) > 0 ? unit(mapped) : undefined;
}

function unit(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => value / length);
}
