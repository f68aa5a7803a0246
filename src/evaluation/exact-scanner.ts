import type { QuantizedMatrix } from '../kernel/quantize.ts';
import type { Scanner } from '../kernel/scan.ts';
import { TopK } from '../kernel/topk.ts';

/** Searches float `vectors` [items, dims] as they were trained: what the int8 scan of a Worker over the same as a `matrix` is held against. */
export function exactScanner(vectors: Float32Array, matrix: QuantizedMatrix): Scanner {
  const { count, dims } = matrix;
  const product = (query: Float32Array, row: number) => {
    let sum = 0;
    for (let d = 0, at = row * dims; d < dims; d++, at++) sum += query[d]! * vectors[at]!;
    return sum;
  };
  return {
    matrix,
    over: () => undefined,
    memoryBytes: vectors.byteLength,
    nearest(query, k, permitted) {
      const best = new TopK(Math.min(k, count));
      for (let row = 0; row < count; row++) if (permitted?.[row] !== 0) best.offer(product(query, row), row);
      return best.unordered();
    },
    products: (query, rows) => Float32Array.from(rows, (row) => product(query, row)),
    read: (row, out, offset) => out.set(vectors.subarray(row * dims, (row + 1) * dims), offset),
  };
}
