import { countRules, RULE_STEPS } from '../../training/neighbours.ts';
import { NOTHING, type Baseline, type Setting } from './baseline.ts';
import { byNeighbours, DECAYS } from './votes.ts';

export const sequentialRules: Baseline<Setting, { decay: number }> = {
  name: 'sequential rules',
  fits: NOTHING,
  reads: DECAYS,
  fit: ({ sequences }) => byNeighbours(countRules(sequences, { steps: RULE_STEPS, keep: Infinity })),
};
