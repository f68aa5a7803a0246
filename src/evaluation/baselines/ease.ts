import { fitLinear, LINEAR_ITEMS_MAX } from '../../training/linear.ts';
import type { Scorer } from '../rank.ts';
import type { Baseline } from './baseline.ts';
import { DECAYS } from './votes.ts';

const REGULARISATIONS = [2, 10];

export const ease: Baseline<{ regularisation: number }, { decay: number }> = {
  name: 'EASE, recency',
  fits: REGULARISATIONS.map((regularisation) => ({ regularisation })),
  reads: DECAYS,
  unfit: ({ sequences: { itemCount } }) =>
    itemCount > LINEAR_ITEMS_MAX ? `its work grows with the cube of the items: ${itemCount} are more than ${LINEAR_ITEMS_MAX}` : undefined,
  async fit({ sequences }, { regularisation }) {
    const weights = await fitLinear(sequences, regularisation);
    return { bytes: weights.byteLength, scorer: ({ decay }) => byWeights(weights, sequences.itemCount, decay) };
  },
};

/** Scores by the summed rows of a dense matrix [n, n], each item of the history once, at its newest place. */
function byWeights(weights: Float32Array, n: number, decay: number): Scorer {
  return ({ history }, scores) => {
    const added = new Set<number>();
    for (let at = history.length - 1, share = 1; at >= 0 && share > 1e-6; at--, share *= decay) {
      const from = history[at]!;
      if (added.has(from)) continue;
      added.add(from);
      for (let to = 0; to < n; to++) scores[to]! += share * weights[from * n + to]!;
    }
  };
}
