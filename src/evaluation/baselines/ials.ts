import { itemSets } from '../../training/neighbours.ts';
import { dot, fitImplicitAls } from '../implicit-als.ts';
import { NOTHING, type Baseline } from './baseline.ts';

const DIMS = 64;
const ROUNDS = 16;
const REGULARISATIONS = [0.003, 0.03];
const UNOBSERVED = [0.01, 0.1];

export const ials: Baseline<{ regularisation: number; unobserved: number }> = {
  name: 'iALS',
  fits: REGULARISATIONS.flatMap((regularisation) => UNOBSERVED.map((unobserved) => ({ regularisation, unobserved }))),
  reads: NOTHING,
  fit({ sequences }, setting) {
    const sets = itemSets(sequences).map(({ items }) => items);
    const { items, foldIn } = fitImplicitAls(sets, sequences.itemCount, { ...setting, dims: DIMS, rounds: ROUNDS, seed: 1 });
    return {
      bytes: items.byteLength,
      scorer:
        () =>
        ({ history }, scores) => {
          const user = foldIn([...new Set(history)]);
          for (let row = 0; row < scores.length; row++) scores[row] = dot(items, row * DIMS, user, DIMS);
        },
    };
  },
};
