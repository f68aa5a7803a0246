import { dequantizeRow, type QuantizedMatrix } from '../../kernel/quantize.ts';
import { seededRandom } from '../../kernel/random.ts';
import type { Scanner } from '../../kernel/scan.ts';
import { TopK } from '../../kernel/topk.ts';

const QUERIES = 20;
const NEAREST = 100;

/** The share [0, 1] of the exact nearest items of sampled rows that a scan finds. 1 for a catalogue without items. */
export function scanRecall(matrix: QuantizedMatrix, scanner: Scanner): number {
  const { count, dims } = matrix;
  if (count === 0) return 1;
  const random = seededRandom(count);
  const k = Math.min(NEAREST, count);
  let found = 0;
  for (let query = 0; query < QUERIES; query++) {
    const vector = new Float32Array(dims);
    dequantizeRow(matrix, Math.floor(random() * count), vector, 0);
    const scanned = new Set(scanner.nearest(vector, k));
    found += exactNearest(vector, k, matrix).filter((row) => scanned.has(row)).length;
  }
  return found / (QUERIES * k);
}

function exactNearest(vector: Float32Array, k: number, matrix: QuantizedMatrix): number[] {
  const row = new Float32Array(matrix.dims);
  const best = new TopK(k);
  for (let at = 0; at < matrix.count; at++) {
    dequantizeRow(matrix, at, row, 0);
    let product = 0;
    for (let d = 0; d < row.length; d++) product += row[d]! * vector[d]!;
    best.offer(product, at);
  }
  return [...best.unordered()];
}
