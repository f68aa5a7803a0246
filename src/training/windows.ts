import type { Dataset } from '../dataset/dataset.ts';
import { shuffle, type Random } from '../kernel/random.ts';
import { causalMask } from '../model/encoder.ts';
import type { Values } from './session.ts';

/** A stretch of one user's interactions: inputs `from … to - 2`, each predicting what follows it. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/** Cuts every user's interactions before `ends` [users] into stretches of at most `length` predictions, the newest stretch full. */
export function cutWindows(dataset: Dataset, ends: Int32Array, length: number): Window[] {
  const windows: Window[] = [];
  for (let user = 0; user < dataset.users.length; user++) {
    const start = dataset.start[user]!;
    for (let to = ends[user]!; to - start >= 2; to -= length) {
      windows.push({ from: Math.max(start, to - length - 1), to });
    }
  }
  return windows;
}

/**
 * An order in which items may be read where interactions of one user at one time have none: each epoch draws another, so that
 * none is learned. Nothing crosses over from what lies behind `ends` [users].
 */
export function shuffledOrder(dataset: Dataset, ends: Int32Array, random: Random): Int32Array {
  const items = dataset.item.slice();
  for (let user = 0; user < dataset.users.length; user++) {
    const end = dataset.start[user + 1]!;
    const heldOut = ends[user]!;
    for (let from = dataset.start[user]!; from < end;) {
      let to = from + 1;
      while (to < end && to !== heldOut && dataset.atMs[to] === dataset.atMs[from]) to++;
      shuffle(items, random, from, to);
      from = to;
    }
  }
  return items;
}

/**
 * Shuffled batches of about `size` windows. Windows of similar length share a batch, so that little of it is padding: the
 * shuffled windows are sorted by length within pools of `POOL` batches, and the batches are shuffled again.
 */
export function batchWindows(windows: readonly Window[], size: number, random: Random): Window[][] {
  const shuffled = [...windows];
  shuffle(shuffled, random);
  const batches: Window[][] = [];
  for (let pool = 0; pool < shuffled.length; pool += POOL * size) {
    const sorted = shuffled.slice(pool, pool + POOL * size).sort((a, b) => a.to - a.from - (b.to - b.from));
    for (let at = 0; at < sorted.length; at += size) batches.push(sorted.slice(at, at + size));
  }
  shuffle(batches, random);
  return batches;
}

const POOL = 16;

/** What the graphs of `graphs.ts` call the inputs of a batch of histories. */
export interface HistoryBatch {
  /** int64 [B, L] items, newest last; 0 under padding */
  readonly history: Values;
  /** [B, L] 1 where there is an item */
  readonly mask: Values;
  /** [L, L] */
  readonly causal: Values;
  /** int64 [L] rows of the position table */
  readonly offsets: Values;
}

/** Lays out histories (item rows, oldest first, at most `length` each) for a graph that knows `length` positions. */
export function batchHistories(histories: readonly ArrayLike<number>[], length: number): HistoryBatch {
  const B = histories.length;
  const L = Math.max(1, ...histories.map((history) => history.length));
  const items = new BigInt64Array(B * L);
  const mask = new Float32Array(B * L);
  histories.forEach((history, b) => {
    const padding = L - history.length;
    for (let at = 0; at < history.length; at++) {
      items[b * L + padding + at] = BigInt(history[at]!);
      mask[b * L + padding + at] = 1;
    }
  });
  return {
    history: { data: items, shape: [B, L] },
    mask: { data: mask, shape: [B, L] },
    causal: { data: causalMask(L), shape: [L, L] },
    offsets: { data: BigInt64Array.from({ length: L }, (_, at) => BigInt(length - L + at)), shape: [L] },
  };
}

export interface TrainingBatch extends HistoryBatch {
  /** int64 [P] positions b·L + l that predict */
  readonly selected: Values;
  /** int64 [P] */
  readonly targets: Values;
  /** [P] equal weights that sum to 1 */
  readonly shares: Values;
}

/** A batch in which every item of a window predicts the next. `order` is the item of each interaction this epoch. */
export function batchForTraining(windows: readonly Window[], order: Int32Array, length: number): TrainingBatch {
  const batch = batchHistories(
    windows.map(({ from, to }) => order.subarray(from, to - 1)),
    length,
  );
  const L = batch.history.shape[1]!;
  const P = windows.reduce((sum, { from, to }) => sum + to - from - 1, 0);
  const selected = new BigInt64Array(P);
  const targets = new BigInt64Array(P);
  let p = 0;
  windows.forEach(({ from, to }, b) => {
    for (let at = from + 1; at < to; at++, p++) {
      selected[p] = BigInt(b * L + L - (to - at));
      targets[p] = BigInt(order[at]!);
    }
  });
  return {
    ...batch,
    selected: { data: selected, shape: [P] },
    targets: { data: targets, shape: [P] },
    shares: { data: new Float32Array(P).fill(1 / P), shape: [P] },
  };
}
