import type { Item } from '../../domain/item.ts';

/** Where an item stands that no model has seen, by what its text says. */
export interface Embedding {
  /** [dims] */
  readonly vector: Float32Array;
  /** The items that say the same, with the cosine of their terms. */
  readonly near: readonly (readonly [id: string, cosine: number])[];
}

/** What an item has become since a snapshot was made. A change says all of it, so it does not matter what the snapshot knew. */
export interface Change {
  readonly id: string;
  /** The number of the write: of two changes of one item the larger counts. */
  readonly seq: number;
  /** Null once no answer may hold it. */
  readonly item: Item | null;
  /** Of an item that the snapshot does not have; in a refresh also of one that says something else now. */
  readonly embedding?: Embedding;
}

/** The later change of every item. */
export function latestChanges(...lists: readonly (readonly Change[])[]): Change[] {
  const latest = new Map<string, Change>();
  for (const change of lists.flat()) {
    const known = latest.get(change.id);
    if (!known || known.seq < change.seq || (known.seq === change.seq && !known.embedding)) latest.set(change.id, change);
  }
  return [...latest.values()];
}
