import type { Situation } from './situation.ts';

/**
 * Runs `action` with a situation in which nothing is permitted that the rules would take out whatever its score: sources then propose what may be
 * shown, and nothing else is scored. What was permitted before is so again afterwards. `action` may not await: the next request reads the same memory.
 */
export function withBarred<R>(situation: Situation, action: (situation: Situation) => R): R {
  const barred = barredRows(situation);
  if (barred.length === 0) return action(situation);
  const permitted = situation.permitted ?? situation.serving.allPermitted;
  const closed = barred.filter((row) => permitted[row] !== 0);
  for (const row of closed) permitted[row] = 0;
  try {
    return action({ ...situation, permitted });
  } finally {
    for (const row of closed) permitted[row] = 1;
  }
}

/** What is excluded, and what was seen where that is dropped; some rows twice. */
export function barredRows(situation: Situation): number[] {
  const { request, session, shown, excluded } = situation;
  const barred = [...excluded];
  if (request.settings.seen !== 'drop') return barred;
  for (const rows of [session.seen.keys(), shown]) for (const row of rows) if (isSeen(row, situation)) barred.push(row);
  return barred;
}

/** Whether the user turned to the item of a row, or was shown it where that counts. What is begun and asked for is not seen yet. */
export const isSeen = (row: number, { session, shown, unfinished }: Situation): boolean =>
  (session.seen.has(row) || shown.has(row)) && !unfinished.has(row);
