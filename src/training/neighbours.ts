/** The counting models: what follows what, and what goes with what. They train in a second and are hard to beat. */
import type { Neighbours } from '../model/neighbours.ts';
import { TopK } from '../kernel/topk.ts';

/** Sequences of item rows to count in: user `u` has `item[start[u]] … item[end[u] - 1]`, oldest first. */
export interface Sequences {
  readonly itemCount: number;
  readonly item: Int32Array;
  readonly start: Int32Array;
  readonly end: Int32Array;
  /** Milliseconds since 1970; undefined where the times of different users do not compare. */
  readonly atMs?: Float64Array | undefined;
}

/** How far apart two items of a sequence may be to count as a rule. */
export const RULE_STEPS = 10;
/** Interactions of one user that co-visits are counted over, newest first: a reseller's thousands would drown the rest. */
const CO_VISIT_ITEMS = 500;

/**
 * Sequential rules (Ludewig & Jannach, 2018, "Evaluation of session-based recommendation algorithms"): `a` followed by `b`
 * after g steps counts 1/g. Weights are the share of `a`'s occurrences. `steps: 1` gives the Markov chain of the last item.
 */
export function countRules(sequences: Sequences, options: { steps: number; keep: number }): Neighbours {
  const { item, end, itemCount } = sequences;
  const occurrences = positionsOf(sequences);
  return keepHeaviest(itemCount, options.keep, (from, add) => {
    const [first, last] = [occurrences.start[from]!, occurrences.start[from + 1]!];
    for (let k = first; k < last; k++) {
      const at = occurrences.at[k]!;
      const limit = Math.min(end[occurrences.user[k]!]!, at + 1 + options.steps);
      for (let next = at + 1; next < limit; next++) {
        if (item[next] !== from) add(item[next]!, 1 / (next - at) / (last - first));
      }
    }
  });
}

/**
 * Item-to-item similarity: the cosine of two items' sets of users, each user counted once and damped by how much they
 * touched, with `shrink` against small counts (Linden et al., 2003; Deshpande & Karypis, 2004).
 */
export function countCoVisits(sequences: Sequences, options: { shrink: number; keep: number }): Neighbours {
  const { itemCount } = sequences;
  const sets = itemSets(sequences);
  const users = new Float64Array(itemCount);
  for (const { items } of sets) for (const row of items) users[row]!++;
  const setsOf: number[][] = Array.from({ length: itemCount }, () => []);
  sets.forEach(({ items }, user) => items.forEach((row) => setsOf[row]!.push(user)));
  return keepHeaviest(itemCount, options.keep, (from, add) => {
    for (const user of setsOf[from]!) {
      const { items, weight } = sets[user]!;
      for (const other of items) {
        if (other !== from) add(other, weight / (Math.sqrt(users[from]! * users[other]!) + options.shrink));
      }
    }
  });
}

/** The items each user touched, each once, and how much the user counts: the less, the more there are. */
export function itemSets({ item, start, end }: Sequences): { items: readonly number[]; weight: number }[] {
  return Array.from(start.subarray(0, end.length), (from, user) => {
    const items = [...new Set(item.subarray(Math.max(from, end[user]! - CO_VISIT_ITEMS), end[user]))];
    return { items, weight: 1 / Math.log2(1 + items.length) };
  });
}

/** [items] interactions with each item. */
export function countPopularity({ item, start, end, itemCount }: Sequences): Float32Array {
  const counts = new Float32Array(itemCount);
  for (let user = 0; user < end.length; user++) {
    for (let at = start[user]!; at < end[user]!; at++) counts[item[at]!]!++;
  }
  return counts;
}

/** Where each item occurs: entries `start[i] <= k < start[i + 1]` of `at` (interaction) and `user`. */
function positionsOf({ item, start, end, itemCount }: Sequences) {
  const first = new Int32Array(itemCount + 1);
  for (let user = 0; user < end.length; user++) for (let at = start[user]!; at < end[user]!; at++) first[item[at]! + 1]!++;
  for (let row = 0; row < itemCount; row++) first[row + 1]! += first[row]!;
  const fill = first.slice();
  const at = new Int32Array(first[itemCount]!);
  const users = new Int32Array(first[itemCount]!);
  for (let user = 0; user < end.length; user++) {
    for (let k = start[user]!; k < end[user]!; k++) {
      const slot = fill[item[k]!]!++;
      at[slot] = k;
      users[slot] = user;
    }
  }
  return { start: first, at, user: users };
}

/** Builds a table row by row: `visit` adds up one row's scores, the `keep` heaviest stay. */
export function keepHeaviest(
  itemCount: number,
  keep: number,
  visit: (row: number, add: (other: number, weight: number) => void) => void,
): Neighbours {
  const starts = new Uint32Array(itemCount + 1);
  const items: number[] = [];
  const weights: number[] = [];
  const sums = new Float64Array(itemCount);
  for (let row = 0; row < itemCount; row++) {
    const touched: number[] = [];
    visit(row, (other, weight) => {
      if (sums[other] === 0) touched.push(other);
      sums[other]! += weight;
    });
    const best = new TopK(Math.min(keep, touched.length));
    for (const other of touched) best.offer(sums[other]!, other);
    for (const { row: other, score } of best.drain()) {
      items.push(other);
      weights.push(score);
    }
    for (const other of touched) sums[other] = 0;
    starts[row + 1] = items.length;
  }
  return { start: starts, item: Uint32Array.from(items), weight: Float32Array.from(weights) };
}
