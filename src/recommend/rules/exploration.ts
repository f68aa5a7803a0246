import { LIMITS } from '../../domain/limits.ts';
import { beta } from '../../kernel/random.ts';
import type { Situation } from '../situation.ts';
import { keepAll, type Rule } from './rule.ts';

/** What is believed of an item before it was ever shown: that one in twenty who see it turn to it. */
const PRIOR = { clicks: 1, passes: 19 } as const;

/**
 * Gives the last places of the answer to fresh items that would not be in it: to each place the one of whom a draw of its click
 * rate, out of what its impressions leave possible, is the highest (Thompson sampling; Chapelle & Li, 2011). So an item is tried
 * as often as it may still be the best, and no longer.
 */
export const exploration: Rule = (list, situation) => {
  const { settings, limit } = situation.request;
  const places = Math.min(settings.exploration, limit, list.length);
  if (places === 0) return keepAll(list);
  const head = list.slice(0, limit - places);
  const drawn = list
    .slice(head.length)
    .filter(({ row }) => isFresh(row, situation))
    .map((item) => ({ item, rate: drawRate(item.row, situation) }))
    .sort((a, b) => b.rate - a.rate);
  const tried = drawn.slice(0, places).map(({ item }) => item);
  const rest = list.slice(head.length).filter((item) => !tried.includes(item));
  return keepAll([...head, ...rest.slice(0, places - tried.length), ...tried, ...rest.slice(places - tried.length)]);
};

/** Whether the item of `row` was created lately. */
function isFresh(row: number, { request: { nowMs }, serving }: Situation): boolean {
  const createdAtMs = serving.snapshot.items.createdAtMs[row]!;
  return createdAtMs <= nowMs && nowMs - createdAtMs <= LIMITS.freshMs; // NaN is neither
}

function drawRate(row: number, { request: { counts, random }, serving }: Situation): number {
  const { impressions, clicks } = counts.exposures?.get(serving.snapshot.items.idOf(row)) ?? { impressions: 0, clicks: 0 };
  return beta(PRIOR.clicks + clicks, PRIOR.passes + Math.max(0, impressions - clicks), random);
}
