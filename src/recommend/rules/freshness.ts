import { keepAll, type Rule } from './rule.ts';
import { weigh } from './weigh.ts';

const DAY_MS = 24 * 60 * 60_000;
/** What is older, or of unknown age, counts as this old. */
const HALF_LIVES_MAX = 30;

/** Where new things count: an item counts half as much after each half-life. */
export const freshness: Rule = (list, { request: { settings, nowMs }, serving }) => {
  if (settings.halfLifeDays === Infinity) return keepAll(list);
  const { createdAtMs } = serving.snapshot.items;
  const halfLives = (atMs: number) =>
    Number.isNaN(atMs) ? HALF_LIVES_MAX : Math.min(HALF_LIVES_MAX, Math.max(0, nowMs - atMs) / DAY_MS / settings.halfLifeDays);
  return keepAll(weigh(list, (row) => 0.5 ** halfLives(createdAtMs[row]!)));
};
