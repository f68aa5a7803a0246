import { ROW_BYTES, type QuantizedMatrix } from '../kernel/quantize.ts';
import { termsOfText } from './words.ts';

/**
 * The text encoder: a vector in the space of the items for every term, so that words and behaviour can be compared. A text is the
 * sum of its terms' vectors: a gather and a sum of a few rows, for which no runtime is worth starting (decision 050).
 */
export interface TermVectors {
  /** [T] as `termsOfText` gives them */
  readonly terms: readonly string[];
  /** [T, dims] each weighed by how rare its term is */
  readonly vectors: QuantizedMatrix;
}

/** Encodes texts: words that no two items share say nothing. */
export class ItemTextEncoder {
  private readonly rowOf: ReadonlyMap<string, number>;
  private readonly vectors: QuantizedMatrix;

  constructor({ terms, vectors }: TermVectors) {
    this.rowOf = new Map(terms.map((term, row) => [term, row]));
    this.vectors = vectors;
  }

  /** The direction [dims] in which a text points, of length 1; undefined where none of its words is known. */
  encode(text: string): Float32Array | undefined {
    const { codes, scales, dims } = this.vectors;
    const rows = [...new Set(termsOfText(text))].flatMap((term) => this.rowOf.get(term) ?? []);
    const sum = new Float32Array(dims);
    for (const row of rows) for (let d = 0; d < dims; d++) sum[d]! += codes[row * ROW_BYTES + d]! * scales[d]!;
    const length = Math.hypot(...sum);
    return length > 0 ? sum.map((value) => value / length) : undefined;
  }
}
