import type { Dataset } from '../dataset/dataset.ts';
import type { HoldOutCase } from '../training/split.ts';

/** How deep rankings are read. */
export const DEPTH = 20;

/** What is known of a user when a list is asked for. */
interface Query {
  /** Rows of items, oldest first. */
  readonly history: Int32Array;
  /** When it is asked; NaN where the data has no times. */
  readonly nowMs: number;
}

/** Writes how much speaks for each item into `scores` [items], which are all 0. */
export type Scorer = (query: Query, scores: Float32Array) => void;

/** Of each case the best `DEPTH` rows, best first: without the items of the history, and with them. */
export interface Rankings {
  readonly filtered: readonly (Int32Array | readonly number[])[];
  readonly unfiltered: readonly (Int32Array | readonly number[])[];
}

/** Ranks the whole catalogue for every case. Items with equal scores are in the order of `rows`. */
export function rankCases(
  scorer: Scorer,
  cases: readonly HoldOutCase[],
  { item, start, atMs }: Dataset,
  rows: Int32Array,
  onCase: (done: number) => void,
): Rankings {
  const scores = new Float32Array(rows.length);
  const skipped = new Uint8Array(rows.length);
  const filtered: Int32Array[] = [];
  const unfiltered: Int32Array[] = [];
  cases.forEach(({ user, historyEnd }, at) => {
    const history = item.subarray(start[user], historyEnd);
    scorer({ history, nowMs: atMs[historyEnd]! }, scores);
    unfiltered.push(bestRows(scores, rows, skipped));
    for (const row of history) skipped[row] = 1;
    filtered.push(bestRows(scores, rows, skipped));
    for (const row of history) skipped[row] = 0;
    scores.fill(0);
    onCase(at + 1);
  });
  return { filtered, unfiltered };
}

/** The `DEPTH` best of `rows` that are not skipped, in order, by insertion into a short sorted list: nearly every row fails at its end. */
function bestRows(scores: Float32Array, rows: Int32Array, skipped: Uint8Array): Int32Array {
  const best = new Int32Array(DEPTH);
  const bestScores = new Float32Array(DEPTH);
  let size = 0;
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at]!;
    const score = scores[row]!;
    if ((size === DEPTH && score <= bestScores[DEPTH - 1]!) || skipped[row] !== 0) continue;
    let place = size < DEPTH ? size++ : DEPTH - 1;
    for (; place > 0 && bestScores[place - 1]! < score; place--) {
      best[place] = best[place - 1]!;
      bestScores[place] = bestScores[place - 1]!;
    }
    best[place] = row;
    bestScores[place] = score;
  }
  return best.subarray(0, size);
}
