import type { Dataset } from '../dataset/dataset.ts';
import { hasAbsoluteTimes } from '../dataset/times.ts';
import type { Sequences } from './neighbours.ts';
import type { HoldOutCase, Phase, Split } from './split.ts';

/** Everything that was known before the cases of a phase: what counting may count, without a look ahead. */
export function knownBefore(phase: Phase, dataset: Dataset, split: Split): Sequences {
  const end = phase === 'validation' ? split.trainEnd : split.knownEnd;
  const atMs = hasAbsoluteTimes(dataset) ? dataset.atMs : undefined;
  return { itemCount: dataset.items.length, item: dataset.item, start: dataset.start.subarray(0, -1), end, atMs };
}

/** The ids of the items a user had before a case, oldest first. */
export function historyIds(dataset: Dataset, { user, historyEnd }: HoldOutCase): string[] {
  return Array.from(dataset.item.subarray(dataset.start[user], historyEnd), (row) => dataset.items[row]!.id);
}
