import type { InteractionColumns } from './interaction-columns.ts';

export interface Order {
  /** [users + 1] the interactions of user `u` are `start[u] <= k < start[u + 1]`. */
  readonly start: Int32Array<ArrayBuffer>;
  /** [interactions] index into the columns. */
  readonly source: Int32Array<ArrayBuffer>;
}

/**
 * Puts interactions under their users and each user's in the order of time, ties in the order of the source. One without
 * a time stays right behind the one that comes before it in the source.
 */
export function orderByUserAndTime(columns: InteractionColumns, userCount: number): Order {
  const start = new Int32Array(userCount + 1);
  for (let k = 0; k < columns.length; k++) start[columns.user[k]! + 1]!++;
  for (let u = 0; u < userCount; u++) start[u + 1]! += start[u]!;

  const source = new Int32Array(columns.length);
  const next = start.slice();
  for (let k = 0; k < columns.length; k++) source[next[columns.user[k]!]!++] = k;

  const timeMs = new Float64Array(columns.length);
  for (let u = 0; u < userCount; u++) {
    const mine = source.subarray(start[u], start[u + 1]);
    let latestMs = -Infinity;
    let sorted = true;
    for (const k of mine) {
      const beforeMs = latestMs;
      if (!Number.isNaN(columns.atMs[k]!)) latestMs = columns.atMs[k]!;
      if (latestMs < beforeMs) sorted = false;
      timeMs[k] = latestMs;
    }
    // Two times of -Infinity differ by NaN, which falls through to the order of the source as 0 does.
    if (!sorted) mine.sort((a, b) => timeMs[a]! - timeMs[b]! || a - b);
  }
  return { start, source };
}
