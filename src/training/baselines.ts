/** The methods that any model should be compared with, each over the whole catalogue. */
import { HORIZONS } from '../model/features.ts';
import { Tally, type Neighbours } from '../model/neighbours.ts';
import { countCoVisits, countPopularity, countRules, RULE_STEPS, type Sequences } from './neighbours.ts';

/** Ranks the catalogue for a history (item rows, oldest first): the best `k` rows that are not in it. */
export type Ranker = (history: ArrayLike<number>, k: number) => number[];

export interface Baseline {
  readonly name: string;
  /** Settings to choose from on the validation cases, each a ranker once the sequences are known. */
  readonly variants: (sequences: Sequences) => ReadonlyMap<string, Ranker>;
}

const DECAYS = [HORIZONS.now, 0.8, 0.9, HORIZONS.long, 1];
const SHRINKS = [0, 10];

export const BASELINES: readonly Baseline[] = [
  { name: 'popularity', variants: (sequences) => new Map([['-', byNeighbours(undefined, 0, sequences)]]) },
  {
    name: 'last-item Markov',
    variants: (sequences) => new Map([['-', byNeighbours(countRules(sequences, { steps: 1, keep: Infinity }), 0, sequences)]]),
  },
  {
    name: 'sequential rules',
    variants: (sequences) => byDecay(countRules(sequences, { steps: RULE_STEPS, keep: Infinity }), sequences),
  },
  {
    name: 'ItemKNN, recency',
    variants: (sequences) =>
      new Map(
        SHRINKS.flatMap((shrink) =>
          [...byDecay(countCoVisits(sequences, { shrink, keep: Infinity }), sequences)].map(
            ([name, ranker]) => [`shrink ${shrink}, ${name}`, ranker] as const,
          ),
        ),
      ),
  },
];

function byDecay(neighbours: Neighbours, sequences: Sequences): Map<string, Ranker> {
  return new Map(DECAYS.map((decay) => [`decay ${decay}`, byNeighbours(neighbours, decay, sequences)]));
}

/** Ranks by the summed neighbours of the history; what they do not reach follows by popularity. */
function byNeighbours(neighbours: Neighbours | undefined, decay: number, sequences: Sequences): Ranker {
  const popularity = countPopularity(sequences);
  const popular = Array.from(popularity.keys()).sort((a, b) => popularity[b]! - popularity[a]!);
  const tally = new Tally(sequences.itemCount);
  return (history, k) => {
    const seen = new Set(Array.from(history));
    if (neighbours) tally.addHistory(neighbours, history, decay);
    const reached = tally
      .rows()
      .filter((row) => !seen.has(row))
      .sort((a, b) => tally.get(b) - tally.get(a) || popularity[b]! - popularity[a]!);
    const ranked = new Set(reached.slice(0, k));
    tally.clear();
    for (let at = 0; ranked.size < k && at < popular.length; at++) if (!seen.has(popular[at]!)) ranked.add(popular[at]!);
    return [...ranked];
  };
}
