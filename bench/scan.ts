import { quantizeRows } from '../src/kernel/quantize.ts';
import { normal, seededRandom, type Random } from '../src/kernel/random.ts';
import { TopK } from '../src/kernel/topk.ts';
import type { Engine } from '../src/recommend/serving.ts';
import { spreadOf, type Spread } from './statistics.ts';

const DIMS = 64;
const TOP = 200;
/** Different queries; recall is their mean. */
const QUERIES = 16;

export interface ScanFigures extends Spread {
  readonly items: number;
  /** Share of the exact float top 200 that the scan finds. */
  readonly recall: number;
  readonly memoryBytes: number;
}

/**
 * The scan's top 200 over normally distributed vectors, in Node over the `.wasm` of the Worker. Such vectors are the hard
 * case for recall: with no structure the 200th and the 201st score nearly alike.
 */
export function measureScan(openScanner: Engine['openScanner'], items: number, repeats: number): ScanFigures {
  const random = seededRandom(items);
  const vectors = normals(random, items * DIMS); // [items, d]
  const queries = Array.from({ length: QUERIES }, () => normals(random, DIMS));
  const scanner = openScanner(quantizeRows(vectors, items, DIMS));

  const found = queries.map((query) => new Set(scanner.nearest(query, TOP)));
  const hits = queries.flatMap((query, at) => exactTop(vectors, items, query).filter((row) => found[at]!.has(row)));

  const samplesMs = Array.from({ length: repeats }, (_, at) => {
    const startMs = performance.now();
    scanner.nearest(queries[at % QUERIES]!, TOP);
    return performance.now() - startMs;
  });
  return { items, ...spreadOf(samplesMs), recall: hits.length / (QUERIES * TOP), memoryBytes: scanner.memoryBytes };
}

function normals(random: Random, length: number): Float32Array {
  const values = new Float32Array(length);
  for (let at = 0; at < length; at++) values[at] = normal(random);
  return values;
}

/** Rows of the highest inner products of `vectors` [items, d] with `query` [d], in full precision. */
function exactTop(vectors: Float32Array, items: number, query: Float32Array): number[] {
  const best = new TopK(TOP);
  for (let row = 0; row < items; row++) {
    let score = 0;
    for (let d = 0; d < DIMS; d++) score += vectors[row * DIMS + d]! * query[d]!;
    best.offer(score, row);
  }
  return [...best.unordered()];
}
