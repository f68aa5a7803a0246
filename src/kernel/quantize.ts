import { areFinite } from './finite.ts';

/** Bytes between the starts of two rows of an int8 matrix, whatever its dimensions: what the scan reads at a time. */
export const ROW_BYTES = 64;

/** An int8 matrix with one scale a dimension: value[row, d] ≈ codes[row * ROW_BYTES + d] * scales[d]. */
export interface QuantizedMatrix {
  readonly count: number;
  /** At most `ROW_BYTES`; the rest of a row is zero. */
  readonly dims: number;
  /** [count, ROW_BYTES] */
  readonly codes: Int8Array;
  /** [dims] */
  readonly scales: Float32Array;
}

/** A matrix with rows behind it, which are put together with it only when somebody asks for all of them in one piece. */
export class LongerMatrix implements QuantizedMatrix {
  readonly count: number;
  readonly dims: number;
  readonly scales: Float32Array;
  readonly first: QuantizedMatrix;
  /** [count - first.count, ROW_BYTES] */
  readonly later: Int8Array;
  private joined: Int8Array | undefined;

  constructor(first: QuantizedMatrix, later: Int8Array) {
    this.count = first.count + later.length / ROW_BYTES;
    this.dims = first.dims;
    this.scales = first.scales;
    this.first = first;
    this.later = later;
  }

  get codes(): Int8Array {
    return (this.joined ??= this.join());
  }

  private join(): Int8Array {
    const codes = new Int8Array(this.count * ROW_BYTES);
    codes.set(this.first.codes);
    codes.set(this.later, this.first.codes.length);
    return codes;
  }
}

/** The first `count` rows of a matrix, where they are. */
export function firstRows(matrix: QuantizedMatrix, count: number): QuantizedMatrix {
  return count === matrix.count ? matrix : { ...matrix, count, codes: matrix.codes.subarray(0, count * ROW_BYTES) };
}

/**
 * Quantises `values` [count, dims] symmetrically, each dimension by its largest magnitude: no value is clipped and the
 * error of an entry is at most half a scale. Throws RangeError on too many dimensions and on a value that is not finite.
 */
export function quantizeRows(values: Float32Array, count: number, dims: number): QuantizedMatrix {
  if (dims > ROW_BYTES) throw new RangeError(`a row has ${dims} dimensions; the scan reads at most ${ROW_BYTES}`);
  const scales = new Float32Array(dims);
  for (let row = 0; row < count; row++) {
    for (let d = 0; d < dims; d++) scales[d] = Math.max(scales[d]!, Math.abs(values[row * dims + d]!) / 127);
  }
  if (!areFinite(scales)) throw new RangeError('a value to quantise is not a finite number');
  const codes = new Int8Array(count * ROW_BYTES);
  for (let row = 0; row < count; row++) {
    for (let d = 0; d < dims; d++) {
      const scale = scales[d]!;
      if (scale > 0) codes[row * ROW_BYTES + d] = Math.round(values[row * dims + d]! / scale);
    }
  }
  return { count, dims, codes, scales };
}

/** Writes the codes of `vector` [dims] by the scales of a matrix into row `row` of `codes`: rounded, and clipped where it exceeds them. */
export function quantizeRow(vector: Float32Array, { scales }: Pick<QuantizedMatrix, 'scales'>, codes: Int8Array, row: number): void {
  vector.forEach((value, d) => {
    const code = scales[d]! > 0 ? Math.round(value / scales[d]!) : 0;
    codes[row * ROW_BYTES + d] = Math.max(-127, Math.min(127, code));
  });
}

/** Writes row `row` into `out` at `offset`: `dims` floats. */
export function dequantizeRow(matrix: QuantizedMatrix, row: number, out: Float32Array, offset: number): void {
  const { codes, scales, dims } = matrix;
  const start = row * ROW_BYTES;
  for (let d = 0; d < dims; d++) out[offset + d] = codes[start + d]! * scales[d]!;
}

/** Folds the scales of the matrix into `query` [dims], so that products with it need only the codes. */
export function scaleQuery(matrix: QuantizedMatrix, query: Float32Array): Float32Array {
  const scaled = new Float32Array(query.length);
  for (let d = 0; d < query.length; d++) scaled[d] = query[d]! * matrix.scales[d]!;
  return scaled;
}

/** The inner product of rows `a` and `b`. */
export function rowProduct({ codes, scales, dims }: QuantizedMatrix, a: number, b: number): number {
  let sum = 0;
  for (let d = 0; d < dims; d++) sum += codes[a * ROW_BYTES + d]! * codes[b * ROW_BYTES + d]! * scales[d]! ** 2;
  return sum;
}

/** How long these rows are on average, or all of them; 0 if there are none. */
export function meanLength(matrix: QuantizedMatrix, rows: Iterable<number> = new Uint8Array(matrix.count).keys()): number {
  let [sum, count] = [0, 0];
  for (const row of rows) {
    sum += Math.sqrt(rowProduct(matrix, row, row));
    count++;
  }
  return sum / (count || 1);
}
