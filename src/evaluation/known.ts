import type { Dataset } from '../dataset/dataset.ts';
import { seededRandom, shuffle } from '../kernel/random.ts';
import { countPopularity, type Sequences } from '../training/neighbours.ts';
import { knownBefore } from '../training/sequences.ts';
import type { Phase, Split } from '../training/split.ts';

/** What a baseline may look at before the cases of a phase. */
export interface Known {
  readonly sequences: Sequences;
  /** [items] interactions with each */
  readonly popularity: Float32Array;
  /**
   * [items] rows, most popular first. Equally popular ones are in an order by chance: rows may be numbered by first appearance, and
   * then tell what is held out.
   */
  readonly byPopularity: Int32Array;
}

export function gatherKnown(phase: Phase, dataset: Dataset, split: Split): Known {
  const sequences = knownBefore(phase, dataset, split);
  const popularity = countPopularity(sequences);
  const rows = Int32Array.from(popularity.keys());
  shuffle(rows, seededRandom(1));
  return {
    sequences,
    popularity,
    byPopularity: rows.sort((a, b) => popularity[b]! - popularity[a]!),
  };
}
