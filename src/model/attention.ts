import type { Graph, Tensor } from './graph.ts';

/**
 * The attention of a block: what rows `asking` [B, Q, d] see in the rows `seen` [B, L, d], both normalised, where `mask` [B, Q or 1, L] or
 * [L, L] is 0 -> [B, Q, d].
 */
export type Attend = (graph: Graph, block: number, asking: Tensor, seen: Tensor, mask: Tensor | undefined) => Tensor;

/** By queries, keys and values, and an output projection: what is trained. */
export function attendProjected(heads: number, linear: (x: Tensor, name: string) => Tensor, drop: (x: Tensor) => Tensor): Attend {
  return (graph, b, asking, seen, mask) => {
    const [query, key, value] = [
      linear(asking, `${b}.attention.query`),
      linear(seen, `${b}.attention.key`),
      linear(seen, `${b}.attention.value`),
    ];
    return linear(attention(graph, heads, query, key, value, mask, drop), `${b}.attention.output`);
  };
}

/** softmax(q·kᵀ / √(d/heads) + mask)·v; q [B, Q, d], k and v [B, L, d], mask [B, Q or 1, L] or [L, L] -> [B, Q, d] */
function attention(
  graph: Graph,
  heads: number,
  q: Tensor,
  k: Tensor,
  v: Tensor,
  mask: Tensor | undefined,
  drop: (x: Tensor) => Tensor,
): Tensor {
  const dims = q.shape.at(-1) as number;
  const scale = graph.scalar(1 / Math.sqrt(dims / heads));
  const attend = (queries: Tensor, keys: Tensor, values: Tensor, bias: Tensor | undefined) => {
    const scores = graph.mul(graph.matmul(queries, keys, { b: true }), scale);
    return graph.matmul(drop(graph.softmax(bias ? graph.add(scores, bias) : scores)), values);
  };
  if (heads === 1) return attend(q, k, v, mask);
  const rank = q.shape.length;
  const sameSizes = Array<number>(rank - 1).fill(0);
  const swapped = [...Array(rank - 2).keys(), rank - 1, rank - 2, rank];
  /** [B, L, d] -> [B, heads, L, d/heads] */
  const split = (x: Tensor) => {
    const shape = [...x.shape.slice(0, -1), heads, dims / heads];
    return graph.transpose(graph.reshape(x, [...sameSizes, heads, dims / heads], shape), swapped);
  };
  const bias = mask?.shape.length === 3 ? graph.unsqueeze(mask, 1) : mask; // [B, 1, Q or 1, L]
  const joined = graph.transpose(attend(split(q), split(k), split(v), bias), swapped); // [B, Q, heads, d/heads]
  return graph.reshape(joined, [...sameSizes, dims], q.shape);
}
