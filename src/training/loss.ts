import { type Graph, type Tensor } from '../model/graph.ts';

/** A value to minimise and the gradients from which `differentiate` goes on. */
export interface Loss {
  /** [1] */
  readonly value: Tensor;
  readonly seeds: ReadonlyMap<Tensor, Tensor>;
}

/**
 * Softmax cross-entropy over the whole catalogue: −Σ_p w_p · log softmax(states_p · itemsᵀ)[target_p].
 *
 * `states` [P, d], `items` [N, d], `targets` int64 [P], `weights` [P] that sum to 1. The gradient is written out, because
 * the general way would keep [P, N] differences: with S = softmax(states·itemsᵀ),
 *   d states = w · (S·items − items[targets])      [P, d]
 *   d items  = Sᵀ·(w·states), less w·states at the targets   [N, d]
 */
export function softmaxCrossEntropy(graph: Graph, states: Tensor, items: Tensor, targets: Tensor, weights: Tensor): Loss {
  const share = graph.softmax(graph.matmul(states, items, { b: true })); // [P, N]
  const weight = graph.unsqueeze(weights, 1); // [P, 1]
  const likelihood = graph.max(graph.pick(share, targets), graph.scalar(1e-30)); // [P, 1]
  const value = graph.neg(graph.reshape(graph.sum(graph.mul(graph.log(likelihood), weight), [0]), [1]));

  const weighted = graph.mul(states, weight); // [P, d]
  const dStates = graph.mul(graph.sub(graph.matmul(share, items), graph.gather(items, targets)), weight);
  const dItems = graph.scatterAdd(graph.matmul(share, weighted, { a: true }), targets, graph.neg(weighted));
  return {
    value,
    seeds: new Map([
      [states, dStates],
      [items, dItems],
    ]),
  };
}
