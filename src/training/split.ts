import type { Dataset } from '../dataset/dataset.ts';
import { hasAbsoluteTimes } from '../dataset/times.ts';

/**
 * How interactions are held out.
 * - `leave-one-out`: a user's last interaction is the test, the one before it the validation.
 * - `last-basket`: the same with baskets (interactions of one user at one time); the targets are the items of the basket
 *   that the user did not have before it. Baskets without such an item are no case.
 * - `temporal`: leave-one-out behind two moments that are the same for everybody (the global temporal split of Gusak et al.,
 *   2025, "Time to Split"). Training sees what lies before the first moment; a user's last interaction between the two is the
 *   validation, the last after the second the test. What the user did since the moment belongs to the history of the case.
 */
export const PROTOCOLS = ['leave-one-out', 'last-basket', 'temporal'] as const;
export type Protocol = (typeof PROTOCOLS)[number];

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
  /** [users] the same for what is known when the test begins: all interactions that are not held out for it. */
  readonly knownEnd: Int32Array;
  readonly validation: readonly HoldOutCase[];
  readonly test: readonly HoldOutCase[];
}

/** From this share of interactions on that share their time with another, they are baskets; below, the clock is coarse. */
const BASKETS_FROM = 0.8;
/** Shares of the interactions that lie before the two moments of `temporal`. */
const TRAINED_ON = 0.8;
const KNOWN = 0.9;

/** Baskets where nearly all interactions share their time with another, single interactions otherwise. */
export function protocolFor(dataset: Dataset): Protocol {
  return dataset.ties >= BASKETS_FROM * dataset.item.length ? 'last-basket' : 'leave-one-out';
}

/** Splits by the protocol. Throws where it needs times that the data has not. */
export function splitDataset(dataset: Dataset, protocol: Protocol): Split {
  return protocol === 'temporal' ? splitByTime(dataset) : splitByUser(dataset, protocol);
}

/** A user too short for both cases gives the test one first; every user keeps at least one group to train on. */
function splitByUser(dataset: Dataset, protocol: Exclude<Protocol, 'temporal'>): Split {
  const trainEnd = new Int32Array(dataset.users.length);
  const knownEnd = dataset.start.slice(1);
  const cases: Record<Phase, HoldOutCase[]> = { validation: [], test: [] };
  for (let user = 0; user < dataset.users.length; user++) {
    const groups = groupsOf(dataset, user, protocol);
    let end = groups.length;
    for (const phase of ['test', 'validation'] as const) {
      if (end < 2) break;
      end--;
      const [from, to] = groups[end]!;
      const targets = protocol === 'last-basket' ? newItems(dataset, user, from, to) : [dataset.item[from]!];
      if (targets.length === 0) continue;
      cases[phase].push({ user, historyEnd: from, targets });
      if (phase === 'test') knownEnd[user] = from;
    }
    trainEnd[user] = groups[end - 1]?.[1] ?? dataset.start[user]!;
  }
  return { protocol, trainEnd, knownEnd, ...cases };
}

function splitByTime(dataset: Dataset): Split {
  const { start, item } = dataset;
  if (!hasAbsoluteTimes(dataset)) {
    throw new Error(
      `${dataset.name} cannot be split by time: its interactions have none, or times that count from each user's own beginning`,
    );
  }
  const timesMs = dataset.atMs.toSorted();
  const moment = (share: number) => timesMs[Math.floor(share * timesMs.length)]!;
  const trainEnd = endsBefore(dataset, moment(TRAINED_ON));
  const knownEnd = endsBefore(dataset, moment(KNOWN));
  const casesOf = (from: Int32Array, to: Int32Array): HoldOutCase[] =>
    dataset.users.flatMap((_, user) => {
      const last = to[user]! - 1;
      return last >= from[user]! && last > start[user]! ? [{ user, historyEnd: last, targets: [item[last]!] }] : [];
    });
  return { protocol: 'temporal', trainEnd, knownEnd, validation: casesOf(trainEnd, knownEnd), test: casesOf(knownEnd, start.subarray(1)) };
}

/** [users] where each user's interactions before the moment end. */
function endsBefore({ users, start, atMs }: Dataset, momentMs: number): Int32Array {
  return Int32Array.from(users, (_, user) => {
    let end = start[user]!;
    while (end < start[user + 1]! && atMs[end]! < momentMs) end++;
    return end;
  });
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
