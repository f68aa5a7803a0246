import type { Item } from '../domain/item.ts';

/**
 * Interactions of many users in memory, by column. Users are rows; the interactions of user `u` are
 * `start[u] <= k < start[u + 1]`, oldest first, ties in the order of the source.
 */
export interface Dataset {
  readonly name: string;
  /** SHA-256 (hex) of the catalogue and the interactions: the same data has the same hash whatever file it came from (`hash.ts`). */
  readonly hash: string;
  /** The catalogue; an item's index here is its row everywhere else. */
  readonly items: readonly Item[];
  /** Ids of the users. */
  readonly users: readonly string[];
  /** [users + 1] */
  readonly start: Int32Array;
  /** [interactions] index into `items`. */
  readonly item: Int32Array;
  /**
   * [interactions] milliseconds since 1970 UTC, or since the user's own beginning (`formats/sequences.ts`, files with gaps);
   * NaN where the source gives only an order.
   */
  readonly atMs: Float64Array;
  /** [interactions] index into `types`. */
  readonly type: Uint8Array;
  readonly types: readonly string[];
  /** [interactions] rating, quantity, …; NaN where the source gives none. */
  readonly value: Float32Array;
  /** How many interactions share their user and their time with a neighbour (a basket, a coarse clock). */
  readonly ties: number;
}
