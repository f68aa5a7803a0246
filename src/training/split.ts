import type { Dataset } from '../dataset/dataset.ts';

/**
 * How interactions are held out.
 * - `leave-one-out`: a user's last interaction is the test, the one before it the validation.
 * - `last-basket`: the same with baskets (interactions of one user at one time); the targets are the items of the basket
 *   that the user did not have before it. Baskets without such an item are no case.
 */
export type Protocol = 'leave-one-out' | 'last-basket';

export type Phase = 'validation' | 'test';

/** A user at a moment: what was known, and what came next. */
export interface HoldOutCase {
  readonly user: number;
  /** The history is the interactions from the user's first to before this one. */
  readonly historyEnd: number;
  /** Items (rows of the catalogue) that came next. */
  readonly targets: readonly number[];
}

export interface Split {
  readonly protocol: Protocol;
  /** [users] training may use the interactions of user `u` from `start[u]` to before `trainEnd[u]`. */
  readonly trainEnd: Int32Array;
  readonly validation: readonly HoldOutCase[];
  readonly test: readonly HoldOutCase[];
}

/** Baskets where most interactions share their time with another, single interactions otherwise. */
export function protocolFor(dataset: Dataset): Protocol {
  return dataset.ties > dataset.item.length / 2 ? 'last-basket' : 'leave-one-out';
}

/** Splits by user. A user too short for both cases gives the test one first; every user keeps at least one group to train on. */
export function splitDataset(dataset: Dataset, protocol: Protocol): Split {
  const trainEnd = new Int32Array(dataset.users.length);
  const cases: Record<Phase, HoldOutCase[]> = { validation: [], test: [] };
  for (let user = 0; user < dataset.users.length; user++) {
    const groups = groupsOf(dataset, user, protocol);
    let end = groups.length;
    for (const phase of ['test', 'validation'] as const) {
      if (end < 2) break;
      end--;
      const [from, to] = groups[end]!;
      const targets = protocol === 'last-basket' ? newItems(dataset, user, from, to) : [dataset.item[from]!];
      if (targets.length > 0) cases[phase].push({ user, historyEnd: from, targets });
    }
    trainEnd[user] = groups[end - 1]?.[1] ?? dataset.start[user]!;
  }
  return { protocol, trainEnd, ...cases };
}

/** Every k-th case, so that at most `count` are left. */
export function sampleCases(cases: readonly HoldOutCase[], count: number): HoldOutCase[] {
  const stride = Math.max(1, Math.ceil(cases.length / count));
  return cases.filter((_, at) => at % stride === 0);
}

/** A user's interactions in groups `[from, to)` that are held out together. */
function groupsOf(dataset: Dataset, user: number, protocol: Protocol): [number, number][] {
  const end = dataset.start[user + 1]!;
  const groups: [number, number][] = [];
  for (let from = dataset.start[user]!; from < end;) {
    let to = from + 1;
    if (protocol === 'last-basket') while (to < end && dataset.atMs[to] === dataset.atMs[from]) to++;
    groups.push([from, to]);
    from = to;
  }
  return groups;
}

function newItems(dataset: Dataset, user: number, from: number, to: number): number[] {
  const had = new Set(dataset.item.subarray(dataset.start[user], from));
  return [...new Set(dataset.item.subarray(from, to))].filter((item) => !had.has(item));
}
