import { compileFilter } from '../filter/compile.ts';
import { keepAll, type Rule } from './rule.ts';
import { weigh } from './weigh.ts';

const DAY_MS = 24 * 60 * 60_000;

/** Weighs items by the operator's boosts and, where new things count, by their age; all factors of an item together are bounded. */
export const boosts: Rule = (list, { request: { settings, nowMs }, serving }) => {
  if (settings.boosts.length === 0 && settings.halfLifeDays === Infinity) return keepAll(list);
  const { items } = serving.snapshot;
  const matching = settings.boosts.map(({ filter, factor }) => ({ matches: compileFilter(filter), factor }));
  const boostOf = (row: number) =>
    matching.reduce((product, { matches, factor }) => (matches(items[row]!) ? product * factor : product), 1);
  return keepAll(weigh(list, (row) => boostOf(row) * freshness(items[row]!.createdAtMs, settings.halfLifeDays, nowMs)));
};

/** 1 for what was created now, half as much after every half-life; 0 where nobody knows. */
function freshness(createdAtMs: number | undefined, halfLifeDays: number, nowMs: number): number {
  if (halfLifeDays === Infinity) return 1;
  return createdAtMs === undefined ? 0 : 0.5 ** (Math.max(0, nowMs - createdAtMs) / DAY_MS / halfLifeDays);
}
