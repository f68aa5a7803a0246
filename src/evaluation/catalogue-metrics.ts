/** What lists do to a catalogue, whoever made them: none of these looks at what came true. Lists hold rows of items. */
import type { Sequences } from '../training/neighbours.ts';

type Lists = readonly ArrayLike<number>[];

/** [items] how many lists show each item. */
export function countShown(lists: Lists, itemCount: number): Int32Array {
  const shown = new Int32Array(itemCount);
  for (const list of lists) for (let at = 0; at < list.length; at++) shown[list[at]!]!++;
  return shown;
}

/** Share of the catalogue that is in some list. */
export function coverage(shown: Int32Array): number {
  return shown.reduce((sum, count) => sum + Number(count > 0), 0) / shown.length;
}

/** How unequally places are shared out: 0 where every item has as many, near 1 where one has all (Gini, 1912). */
export function gini(shown: Int32Array): number {
  const n = shown.length;
  let total = 0;
  let weighted = 0;
  shown.toSorted().forEach((count, at) => {
    total += count;
    weighted += (2 * (at + 1) - n - 1) * count;
  });
  return weighted / (n * total);
}

/**
 * Mean self-information of what is shown, −log₂ of the item's share of all interactions (Zhou et al., 2010, "Solving the apparent
 * diversity-accuracy dilemma"). An item that nobody touched counts as touched once.
 */
export function novelty(lists: Lists, popularity: Float32Array): number {
  const total = popularity.reduce((sum, count) => sum + count, 0);
  return mean(lists, (list) => {
    let bits = 0;
    for (let at = 0; at < list.length; at++) bits -= Math.log2(Math.max(1, popularity[list[at]!]!) / total);
    return bits / list.length;
  });
}

/**
 * Mean over the lists of 1 − the mean cosine between two items of a list (Ziegler et al., 2005, intra-list similarity). Items are the sets of
 * users who touched them: a footing that is the same for every method, whatever vectors it has itself.
 */
export function diversity(lists: Lists, sequences: Sequences): number {
  const usersOf = userSets(sequences);
  return mean(lists, (list) => {
    let cosines = 0;
    for (let a = 1; a < list.length; a++) for (let b = 0; b < a; b++) cosines += cosine(usersOf(list[a]!), usersOf(list[b]!));
    return 1 - cosines / Math.max(1, (list.length * (list.length - 1)) / 2);
  });
}

function mean(lists: Lists, measure: (list: ArrayLike<number>) => number): number {
  const filled = lists.filter(({ length }) => length > 0);
  return filled.reduce((sum, list) => sum + measure(list), 0) / filled.length;
}

/** The users of each item, in their order and each once. */
function userSets({ item, start, end, itemCount }: Sequences): (row: number) => Int32Array {
  const latest = new Int32Array(itemCount);
  const first = new Int32Array(itemCount + 1);
  const eachOnce = (visit: (row: number, user: number) => void) => {
    latest.fill(-1);
    for (let user = 0; user < end.length; user++) {
      for (let at = start[user]!; at < end[user]!; at++) {
        const row = item[at]!;
        if (latest[row] === user) continue;
        latest[row] = user;
        visit(row, user);
      }
    }
  };
  eachOnce((row) => first[row + 1]!++);
  for (let row = 0; row < itemCount; row++) first[row + 1]! += first[row]!;
  const users = new Int32Array(first[itemCount]!);
  const next = first.slice();
  eachOnce((row, user) => (users[next[row]!++] = user));
  return (row) => users.subarray(first[row], first[row + 1]);
}

/** Of two sorted sets. */
function cosine(a: Int32Array, b: Int32Array): number {
  let common = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const difference = a[i]! - b[j]!;
    if (difference === 0) common++;
    if (difference <= 0) i++;
    if (difference >= 0) j++;
  }
  return common === 0 ? 0 : common / Math.sqrt(a.length * b.length);
}
