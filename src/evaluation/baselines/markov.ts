import { countRules } from '../../training/neighbours.ts';
import { NOTHING, type Baseline } from './baseline.ts';
import { byNeighbours } from './votes.ts';

/** What most often came right after the last item. */
export const markov: Baseline = {
  name: 'last-item Markov',
  fits: NOTHING,
  reads: NOTHING,
  fit({ sequences }) {
    const { bytes, scorer } = byNeighbours(countRules(sequences, { steps: 1, keep: Infinity }));
    return { bytes, scorer: () => scorer({ decay: 0 }) };
  },
};
