import type { ItemStatistics } from '../catalog/snapshot.ts';
import type { Sequences } from './neighbours.ts';

const DAY_MS = 24 * 3600 * 1000;
/** The newest part of the time, over which a trend is counted. */
const TREND_SHARE = 0.1;

/** Counts interactions with each item, those of late, and how long it has been there; the last two are 0 without times. */
export function countItems({ itemCount, item, start, end, atMs }: Sequences): ItemStatistics {
  const popularity = new Float32Array(itemCount);
  const trend = new Float32Array(itemCount);
  const firstMs = new Float64Array(itemCount).fill(Infinity);
  let [oldestMs, newestMs] = [Infinity, -Infinity];
  forEachKnown((k) => {
    popularity[item[k]!]!++;
    if (!atMs) return;
    firstMs[item[k]!] = Math.min(firstMs[item[k]!]!, atMs[k]!);
    oldestMs = Math.min(oldestMs, atMs[k]!);
    newestMs = Math.max(newestMs, atMs[k]!);
  });
  const trendFromMs = newestMs - TREND_SHARE * (newestMs - oldestMs);
  if (atMs) forEachKnown((k) => void (atMs[k]! >= trendFromMs && trend[item[k]!]!++));
  const ageDays = Float32Array.from(firstMs, (first) => (first === Infinity ? 0 : (newestMs - first) / DAY_MS));
  return { popularity, trend, ageDays };

  function forEachKnown(visit: (k: number) => void): void {
    for (let user = 0; user < end.length; user++) for (let k = start[user]!; k < end[user]!; k++) visit(k);
  }
}
