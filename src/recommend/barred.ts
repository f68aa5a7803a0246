import type { Serving } from './serving.ts';
import type { Session } from './session.ts';
import type { SeenPolicy } from './settings.ts';

/** What a user turned to, in rows. */
interface Seen {
  readonly session: Session;
  /** Merely shown, where that counts. */
  readonly shown: ReadonlySet<number>;
  readonly unfinished: ReadonlySet<number>;
}

/** Rows that the rules `seen` and `exclusions` would take out whatever their scores; some of them twice. */
export function barredRows(policy: SeenPolicy, excluded: ReadonlySet<number>, seen: Seen): number[] {
  const barred = [...excluded];
  if (policy !== 'drop') return barred;
  for (const rows of [seen.session.seen.keys(), seen.shown]) for (const row of rows) if (isSeen(row, seen)) barred.push(row);
  return barred;
}

/** Whether the user turned to the item of a row, or was shown it where that counts. What is begun and asked for is not seen yet. */
export const isSeen = (row: number, { session, shown, unfinished }: Seen): boolean =>
  (session.seen.has(row) || shown.has(row)) && !unfinished.has(row);

/**
 * Gives `action` what is `permitted` [items] without the barred rows: what is looked for then may be shown, and nothing else takes a place or is scored.
 * No copy is made: the rows are 0 while `action` runs and as before afterwards, so that it may not await.
 */
export function withoutBarred<R>(
  barred: readonly number[],
  permitted: Uint8Array | undefined,
  { allPermitted }: Serving,
  action: (permitted: Uint8Array | undefined) => R,
): R {
  if (barred.length === 0) return action(permitted);
  const open = permitted ?? allPermitted;
  const closed = barred.filter((row) => open[row] !== 0);
  for (const row of closed) open[row] = 0;
  try {
    return action(open);
  } finally {
    for (const row of closed) open[row] = 1;
  }
}
