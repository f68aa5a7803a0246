import { countCoVisits } from '../../training/neighbours.ts';
import type { Baseline } from './baseline.ts';
import { byNeighbours, DECAYS } from './votes.ts';

const SHRINKS = [0, 10];

export const itemKnn: Baseline<{ shrink: number }, { decay: number }> = {
  name: 'ItemKNN, recency',
  fits: SHRINKS.map((shrink) => ({ shrink })),
  reads: DECAYS,
  fit: ({ sequences }, { shrink }) => byNeighbours(countCoVisits(sequences, { shrink, keep: Infinity })),
};
