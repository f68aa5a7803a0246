import type { ScoredItem } from './score.ts';
import type { Session } from './session.ts';

/** Why an item may not be in an answer. */
type RuleName = 'filtered' | 'excluded' | 'seen';

export interface RuleInput {
  readonly session: Session;
  readonly seen: 'drop' | 'allow';
  readonly excluded: ReadonlySet<number>;
  readonly permitted: Uint8Array | undefined;
  /** Items wanted at most. */
  readonly limit: number;
}

/** The rules in the order in which they are applied: score orders, rules permit. */
const RULES: readonly { readonly name: RuleName; readonly permits: (row: number, input: RuleInput) => boolean }[] = [
  { name: 'filtered', permits: (row, { permitted }) => permitted?.[row] !== 0 },
  { name: 'excluded', permits: (row, { excluded }) => !excluded.has(row) },
  { name: 'seen', permits: (row, { seen, session }) => seen === 'allow' || !session.seen.has(row) },
];

export interface Ruling {
  /** Best first. */
  readonly kept: readonly ScoredItem[];
  readonly dropped: readonly { readonly row: number; readonly rule: RuleName }[];
}

/** Drops what may not be shown, until `limit` items are found that may. */
export function applyRules(scored: readonly ScoredItem[], input: RuleInput): Ruling {
  const kept: ScoredItem[] = [];
  const dropped: { row: number; rule: RuleName }[] = [];
  for (const item of scored) {
    if (kept.length === input.limit) break;
    const broken = RULES.find(({ permits }) => !permits(item.row, input));
    if (broken) dropped.push({ row: item.row, rule: broken.name });
    else kept.push(item);
  }
  return { kept, dropped };
}
