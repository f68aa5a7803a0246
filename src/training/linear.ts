import type { Neighbours } from '../model/neighbours.ts';
import { invert } from './inverse.ts';
import { itemSets, keepHeaviest, type Sequences } from './neighbours.ts';

/** Catalogues up to this size get linear weights: the work grows with its cube, 12,000 items take half a minute. */
export const LINEAR_ITEMS_MAX = 15_000;
/** Regularisation in units of the mean diagonal, so that one number suits dense and sparse data. */
const REGULARISATION = 10;

/** The `keep` heaviest positive linear weights of every item, as a table that serves. */
export async function fitNeighbours(sequences: Sequences, keep: number): Promise<Neighbours> {
  const n = sequences.itemCount;
  const weights = await fitLinear(sequences, REGULARISATION);
  return keepHeaviest(n, keep, (from, add) => {
    for (let to = 0; to < n; to++) if (weights[from * n + to]! > 0) add(to, weights[from * n + to]!);
  });
}

/**
 * How much each item speaks for each other -> [n, n], row `from`, column `to`: the linear model that rebuilds every user's
 * set of items from itself while no item may explain itself (EASE: Steck, 2019, "Embarrassingly Shallow Autoencoders for
 * Sparse Data"). Unlike a similarity it explains away: two items that both follow from a third are not tied to each other.
 */
export async function fitLinear(sequences: Sequences, regularisation: number): Promise<Float32Array> {
  const n = sequences.itemCount;
  const weights = await invert(gram(sequences, regularisation), n); // P [n, n]
  for (let to = 0; to < n; to++) {
    const diagonal = weights[to * n + to]!;
    for (let from = 0; from < n; from++) weights[from * n + to]! /= -diagonal; // B = −P / diag P, by columns
    weights[to * n + to] = 0;
  }
  return weights;
}

/** [n, n] XᵀWX + λI: how often two items are in one user's set, the user's weight falling with the size of the set. */
function gram(sequences: Sequences, regularisation: number): Float32Array {
  const n = sequences.itemCount;
  const counts = new Float32Array(n * n);
  for (const { items, weight } of itemSets(sequences)) {
    for (const a of items) for (const b of items) counts[a * n + b]! += weight;
  }
  let trace = 0;
  for (let row = 0; row < n; row++) trace += counts[row * n + row]!;
  for (let row = 0; row < n; row++) counts[row * n + row]! += (regularisation * trace) / n;
  return counts;
}
