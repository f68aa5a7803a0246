import { seededRandom, shuffle, type Random } from '../kernel/random.ts';
import type { Dataset } from './dataset.ts';

/**
 * What the order of interactions of one user at one time is taken for: `file` believes the source; `shuffled` gives them an
 * order by chance, so that nothing can be learned from one that the source only seems to have (Amazon's same-day reviews are
 * in the order of product numbers, for one).
 */
export const TIE_ORDERS = ['file', 'shuffled'] as const;
export type TieOrder = (typeof TIE_ORDERS)[number];

/** One order by chance for everybody who splits the data: training and evaluation must hold out the same interactions. */
const SEED = 1;

/** The data with its ties in this order. */
export function orderTies(dataset: Dataset, ties: TieOrder): Dataset {
  return ties === 'file' ? dataset : shuffleTies(dataset, seededRandom(SEED));
}

/**
 * Shuffles the interactions that share their user and time; without times nothing moves. `hash` and `name` stay: it is the
 * same data, read in another order.
 */
export function shuffleTies(dataset: Dataset, random: Random): Dataset {
  const { start, atMs } = dataset;
  const source = Int32Array.from(dataset.item.keys());
  for (let user = 0; user + 1 < start.length; user++) {
    for (let from = start[user]!; from < start[user + 1]!;) {
      let to = from + 1;
      while (to < start[user + 1]! && atMs[to] === atMs[from]) to++;
      shuffle(source, random, from, to);
      from = to;
    }
  }
  return {
    ...dataset,
    item: dataset.item.map((_, k) => dataset.item[source[k]!]!),
    type: dataset.type.map((_, k) => dataset.type[source[k]!]!),
    value: dataset.value.map((_, k) => dataset.value[source[k]!]!),
  };
}
