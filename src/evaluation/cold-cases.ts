import type { Dataset } from '../dataset/dataset.ts';
import type { ItemBehaviour } from '../domain/feedback.ts';
import { LIMITS } from '../domain/limits.ts';
import type { Split } from '../training/split.ts';

/** A held-out case of a catalogue to which items came that no model was trained on. */
export interface ColdCase {
  /** Ids of the items that the user had before, oldest first; new ones are left out. */
  readonly history: readonly string[];
  /** Ids of the targets that are new, and of the others. */
  readonly fresh: readonly string[];
  readonly known: readonly string[];
  readonly atMs: number;
}

/** The test cases of `split`, with what is new told from what is not. */
export function coldCases({ items, item, start, atMs }: Dataset, split: Split, isNew: (id: string) => boolean): ColdCase[] {
  const idOf = (row: number) => items[row]!.id;
  return split.test.map(({ user, historyEnd, targets }) => {
    const ids = targets.map(idOf);
    return {
      history: Array.from(item.subarray(start[user], historyEnd), idOf).filter((id) => !isNew(id)),
      fresh: ids.filter(isNew),
      known: ids.filter((id) => !isNew(id)),
      atMs: atMs[historyEnd]!,
    };
  });
}

/** What users did with each new item in the first `count` interactions with it before the test, as the counters would tell it. */
export function firstBehaviour(
  { items, item, start, users, atMs }: Dataset,
  { knownEnd }: Split,
  isNew: (id: string) => boolean,
  count: number,
): ItemBehaviour[] {
  const idOf = (row: number) => items[row]!.id;
  const visits = users.flatMap((_, user) =>
    Array.from(item.subarray(start[user], knownEnd[user]), (row, at) => ({ id: idOf(row), user, at: start[user]! + at })),
  );
  const byItem = Map.groupBy(
    visits.filter(({ id }) => isNew(id)).sort((a, b) => atMs[a.at]! - atMs[b.at]!),
    ({ id }) => id,
  );
  return Array.from(byItem, ([id, all]) => {
    const first = all.slice(0, count);
    const before = first.flatMap(({ user, at }) => {
      const earlier = new Set(Array.from(item.subarray(start[user], at), idOf).toReversed());
      earlier.delete(id);
      return [...earlier].slice(0, LIMITS.itemsBefore);
    });
    const times = Array.from(
      Map.groupBy(before, (each) => each),
      ([each, group]) => [each, group.length] as const,
    );
    return { item: id, popularity: first.length, after: times.sort((a, b) => b[1] - a[1]).slice(0, LIMITS.visitsRead) };
  });
}
