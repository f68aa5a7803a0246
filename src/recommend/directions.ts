import { rowProduct } from '../kernel/quantize.ts';
import type { Serving } from './serving.ts';

/** The direction [dims] of an item's vector, of length 1. */
export function directionOfItem(row: number, { scanner, snapshot }: Serving): Float32Array {
  const vector = new Float32Array(snapshot.vectors.dims);
  scanner.read(row, vector, 0);
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => value / length);
}

/** The cosine [R] of the vector of each row with a direction [dims]; 0 without one. */
export function cosines(direction: Float32Array | undefined, rows: Int32Array, { scanner, snapshot }: Serving): Float32Array {
  if (!direction) return new Float32Array(rows.length);
  const length = Math.hypot(...direction) || 1;
  return scanner
    .products(direction, rows)
    .map((product, at) => product / (length * Math.sqrt(rowProduct(snapshot.vectors, rows[at]!, rows[at]!)) || 1));
}
