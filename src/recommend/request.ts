import type { WeighedCritique } from './critiques.ts';
import type { Filter } from './filter/filter.ts';

/** What is asked for, with every default filled in. */
export interface RecommendRequest {
  /** Ids of the items the user touched, oldest first. */
  readonly history: readonly string[];
  readonly limit: number;
  /** Ids that may not be in the answer. */
  readonly exclude: readonly string[];
  /** Items that do not match may not be in the answer. */
  readonly filter?: Filter;
  /** Whether items of the history may be in the answer. */
  readonly seen: 'drop' | 'allow';
  /** What the user said of their recommendations; nothing if absent. */
  readonly critiques?: readonly WeighedCritique[];
}
