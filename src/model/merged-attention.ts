/**
 * Attention of one head with its four projections merged into two; the same function of the rows, for two thirds of the work.
 *
 * With rows n, a query q = n·Wq + bq and a key k = n·Wk + bk, a logit q·kᵀ/√d is (n·A + c)·nᵀ, where A = Wq·Wkᵀ/√d and c = bq·Wkᵀ/√d, but for
 * what is the same for every key of a query, which a softmax takes no notice of. Its shares p add up to 1, so what is seen, p·(n·Wv + bv)·Wo + bo,
 * is (p·n)·V + o, where V = Wv·Wo and o = bv·Wo + bo. Keys and values are the rows themselves: where only the newest row asks, nothing is
 * made of the others.
 */
import type { Attend } from './attention.ts';

/** `weights` has the trained arrays by name; those of each block are merged when it is built. */
export function attendMerged(dims: number, weights: ReadonlyMap<string, Float32Array>): Attend {
  return (graph, block, asking, seen, mask) => {
    const { a, c, v, o } = mergeBlock(block, dims, weights);
    const square = (data: Float32Array) => graph.weights(data, [dims, dims]);
    const row = (data: Float32Array) => graph.weights(data, [dims]);
    const queries = graph.add(graph.matmul(asking, square(a)), row(c)); // [Q, d]
    const logits = graph.matmul(queries, seen, { b: true }); // [Q, d] · [L, d]ᵀ -> [Q, L]
    const shares = graph.softmax(mask ? graph.add(logits, mask) : logits);
    return graph.add(graph.matmul(graph.matmul(shares, seen), square(v)), row(o)); // [Q, L] · [L, d] · [d, d] -> [Q, d]
  };
}

function mergeBlock(block: number, dims: number, weights: ReadonlyMap<string, Float32Array>) {
  const of = (part: string) => weights.get(`${block}.attention.${part}`)!;
  const scale = 1 / Math.sqrt(dims);
  const keys = transpose(of('key'), dims);
  const offset = multiply(of('value.bias'), of('output'), dims); // [1, d]
  return {
    a: multiply(of('query'), keys, dims).map((value) => value * scale),
    c: multiply(of('query.bias'), keys, dims).map((value) => value * scale),
    v: multiply(of('value'), of('output'), dims),
    o: offset.map((value, d) => value + of('output.bias')[d]!),
  };
}

/** rows [R, d] · matrix [d, d] -> [R, d], summed in double precision */
function multiply(rows: Float32Array, matrix: Float32Array, dims: number): Float32Array {
  return rows.map((_, at) => {
    const [start, column] = [at - (at % dims), at % dims];
    let sum = 0;
    for (let d = 0; d < dims; d++) sum += rows[start + d]! * matrix[d * dims + column]!;
    return sum;
  });
}

/** [d, d] */
const transpose = (matrix: Float32Array, dims: number): Float32Array =>
  matrix.map((_, at) => matrix[(at % dims) * dims + Math.floor(at / dims)]!);
