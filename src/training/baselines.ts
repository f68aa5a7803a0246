/** The methods that any model should be compared with, each over the whole catalogue. */
import { HORIZONS } from '../model/features.ts';
import { Tally, type Neighbours } from '../model/neighbours.ts';
import { fitLinear, LINEAR_ITEMS_MAX } from './linear.ts';
import { countCoVisits, countPopularity, countRules, RULE_STEPS, type Sequences } from './neighbours.ts';

/** Ranks the catalogue for a history (item rows, oldest first): the best `k` rows that are not in it. */
export type Ranker = (history: ArrayLike<number>, k: number) => number[];

export interface Baseline {
  readonly name: string;
  /** Settings to choose from on the validation cases, each a ranker once the sequences are known; none where the method cannot cope. */
  readonly variants: (sequences: Sequences) => Promise<ReadonlyMap<string, Ranker>>;
}

/** What an item counts less than the one after it. */
const DECAYS = [HORIZONS.now, 0.8, 0.9, 0.95, HORIZONS.long, 1];
const SHRINKS = [0, 10];
const REGULARISATIONS = [2, 10];

export const BASELINES: readonly Baseline[] = [
  { name: 'popularity', variants: async (sequences) => new Map([['-', rankBy(() => undefined, sequences)]]) },
  {
    name: 'last-item Markov',
    variants: async (sequences) => new Map([['-', byNeighbours(countRules(sequences, { steps: 1, keep: Infinity }), 0, sequences)]]),
  },
  {
    name: 'sequential rules',
    variants: async (sequences) => {
      const rules = countRules(sequences, { steps: RULE_STEPS, keep: Infinity });
      return new Map(DECAYS.map((decay) => [`decay ${decay}`, byNeighbours(rules, decay, sequences)]));
    },
  },
  {
    name: 'ItemKNN, recency',
    variants: async (sequences) =>
      grid(SHRINKS, async (shrink) => {
        const similar = countCoVisits(sequences, { shrink, keep: Infinity });
        return DECAYS.map((decay) => [`shrink ${shrink}, decay ${decay}`, byNeighbours(similar, decay, sequences)]);
      }),
  },
  {
    name: 'EASE, recency',
    variants: async (sequences) =>
      grid(sequences.itemCount > LINEAR_ITEMS_MAX ? [] : REGULARISATIONS, async (regularisation) => {
        const weights = await fitLinear(sequences, regularisation);
        return DECAYS.map((decay) => [`regularisation ${regularisation}, decay ${decay}`, byWeights(weights, decay, sequences)]);
      }),
  },
];

/** Every variant of every setting. */
async function grid(
  settings: readonly number[],
  variantsOf: (setting: number) => Promise<[string, Ranker][]>,
): Promise<Map<string, Ranker>> {
  const variants = new Map<string, Ranker>();
  for (const setting of settings) for (const [name, ranker] of await variantsOf(setting)) variants.set(name, ranker);
  return variants;
}

/** Ranks by the summed neighbours of the history. */
function byNeighbours(neighbours: Neighbours, decay: number, sequences: Sequences): Ranker {
  return rankBy((history, tally) => tally.addHistory(neighbours, history, decay), sequences);
}

/** Ranks by the summed rows of a dense matrix [n, n], each item of the history once, at its newest place. */
function byWeights(weights: Float32Array, decay: number, sequences: Sequences): Ranker {
  const n = sequences.itemCount;
  return rankBy((history, tally) => {
    const added = new Set<number>();
    for (let at = history.length - 1, share = 1; at >= 0 && share > 1e-6; at--, share *= decay) {
      const from = history[at]!;
      if (added.has(from)) continue;
      added.add(from);
      for (let to = 0; to < n; to++) tally.add(to, share * weights[from * n + to]!);
    }
  }, sequences);
}

/** Ranks by the scores that `fill` adds up, ties and what it does not reach by popularity. */
function rankBy(fill: (history: ArrayLike<number>, tally: Tally) => void, sequences: Sequences): Ranker {
  const popularity = countPopularity(sequences);
  const popular = Array.from(popularity.keys()).sort((a, b) => popularity[b]! - popularity[a]!);
  const tally = new Tally(sequences.itemCount);
  return (history, k) => {
    const seen = new Set(Array.from(history));
    fill(history, tally);
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
