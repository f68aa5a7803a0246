import type { Snapshot } from '../catalog/snapshot.ts';
import { LIMITS } from '../domain/limits.ts';

/** A user's recent past in the terms of one snapshot. */
export interface Session {
  /** Rows of all items of the history that the catalogue has. */
  readonly seen: ReadonlySet<number>;
  /** The newest of them that the transformer reads, oldest first. */
  readonly recent: readonly number[];
  /** The newest of them that neighbours are added up for, each once, at its newest place; oldest first. */
  readonly counted: readonly number[];
  /** Ids that the catalogue does not have. */
  readonly unknown: readonly string[];
}

/** Finds the rows of a history of ids, oldest first. */
export function openSession(history: readonly string[], { rowOf, model }: Snapshot): Session {
  const rows: number[] = [];
  const unknown = new Set<string>();
  for (const id of history) {
    const row = rowOf.get(id);
    if (row === undefined) unknown.add(id);
    else rows.push(row);
  }
  const length = Math.min(LIMITS.historyRead, model.encoder.length);
  return { seen: new Set(rows), recent: rows.slice(-length), counted: distinct(rows).slice(-LIMITS.historyCounted), unknown: [...unknown] };
}

/** Each row once, where it came last. */
function distinct(rows: readonly number[]): number[] {
  return [...new Set(rows.toReversed())].reverse();
}
