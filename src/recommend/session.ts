import type { Snapshot } from '../catalog/snapshot.ts';
import { LIMITS } from '../domain/limits.ts';

/** A user's recent past in the terms of one snapshot. */
export interface Session {
  /** Interactions with items that the catalogue has. */
  readonly length: number;
  /** How often each row of the catalogue is in the history. */
  readonly seen: ReadonlyMap<number, number>;
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
  const seen = new Map<number, number>();
  const unknown = new Set<string>();
  for (const id of history) {
    const row = rowOf.get(id);
    if (row === undefined) {
      unknown.add(id);
      continue;
    }
    rows.push(row);
    seen.set(row, (seen.get(row) ?? 0) + 1);
  }
  const length = Math.min(LIMITS.historyRead, model.encoder.length);
  return {
    length: rows.length,
    seen,
    recent: rows.slice(-length),
    counted: distinct(rows).slice(-LIMITS.historyCounted),
    unknown: [...unknown],
  };
}

/** Each row once, where it came last. */
function distinct(rows: readonly number[]): number[] {
  return [...new Set(rows.toReversed())].reverse();
}
