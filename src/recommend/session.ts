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

/** Finds the rows of a history of ids, oldest first: from the newest back, so that an item counts where it came last. */
export function openSession(history: readonly string[], { rowOf, model }: Snapshot): Session {
  const recentMost = Math.min(LIMITS.historyRead, model.encoder.length);
  const seen = new Map<number, number>();
  const recent: number[] = [];
  const counted: number[] = [];
  const unknown: string[] = [];
  let length = 0;
  for (let at = history.length - 1; at >= 0; at--) {
    const id = history[at]!;
    const row = rowOf.get(id);
    if (row === undefined) {
      unknown.push(id);
      continue;
    }
    const times = seen.get(row) ?? 0;
    seen.set(row, times + 1);
    length++;
    if (recent.length < recentMost) recent.push(row);
    if (times === 0 && counted.length < LIMITS.historyCounted) counted.push(row);
  }
  return { length, seen, recent: recent.reverse(), counted: counted.reverse(), unknown: [...new Set(unknown.reverse())] };
}
