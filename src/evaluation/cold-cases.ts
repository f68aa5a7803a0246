import type { Dataset } from '../dataset/dataset.ts';
import type { Split } from '../training/split.ts';

/** A held-out case that only items can answer that the model never saw. */
export interface ColdCase {
  /** Ids of the items that the user had before, oldest first; those that were hidden are left out. */
  readonly history: readonly string[];
  /** Ids of hidden items. */
  readonly targets: readonly string[];
  readonly atMs: number;
}

/** The test cases of `split` as far as their targets are hidden. */
export function coldCases({ items, item, start, atMs }: Dataset, split: Split, isHidden: (id: string) => boolean): ColdCase[] {
  const idOf = (row: number) => items[row]!.id;
  return split.test.flatMap(({ user, historyEnd, targets }) => {
    const hidden = targets.map(idOf).filter(isHidden);
    if (hidden.length === 0) return [];
    const history = Array.from(item.subarray(start[user], historyEnd), idOf).filter((id) => !isHidden(id));
    return [{ history, targets: hidden, atMs: atMs[historyEnd]! }];
  });
}
