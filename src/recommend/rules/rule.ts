import type { ScoredItem } from '../score.ts';
import type { Situation } from '../situation.ts';

/** An item that a rule took out, and why. */
export interface Dropped extends ScoredItem {
  readonly reason: string;
  /** Whether it may come back where there is nothing else to show. */
  readonly spare?: true;
}

export interface Ruling {
  /** What goes on to the next rule, best first. */
  readonly kept: readonly ScoredItem[];
  readonly dropped: readonly Dropped[];
}

/** Permits or adjusts what was scored: `list` is best first, `before` is what earlier rules took out. */
export type Rule = (list: readonly ScoredItem[], situation: Situation, before: readonly Dropped[]) => Ruling;

/** The ruling that changes nothing. */
export const keepAll = (kept: readonly ScoredItem[]): Ruling => ({ kept, dropped: [] });

/** Takes out every item that there is something against. */
export function dropWhere(list: readonly ScoredItem[], against: (row: number) => string | undefined): Ruling {
  const kept: ScoredItem[] = [];
  const dropped: Dropped[] = [];
  for (const item of list) {
    const reason = against(item.row);
    if (reason === undefined) kept.push(item);
    else dropped.push({ ...item, reason });
  }
  return { kept, dropped };
}
