import type { ItemStatistics } from '../catalog/snapshot.ts';
import { countPopularity, type Sequences } from './neighbours.ts';

const DAY_MS = 24 * 3600 * 1000;
/** The newest part of the time, over which a trend is counted. */
const TREND_SHARE = 0.1;

/** Counts interactions with each item, those of late, and how long it has been there; the last two are 0 without times. */
export function countItems(sequences: Sequences): ItemStatistics {
  const { itemCount, item, start, end, atMs } = sequences;
  const popularity = countPopularity(sequences);
  const trend = new Float32Array(itemCount);
  const ageDays = new Float32Array(itemCount);
  if (!atMs) return { popularity, trend, ageDays };

  const firstMs = new Float64Array(itemCount).fill(Infinity);
  let [oldestMs, newestMs] = [Infinity, -Infinity];
  forEachKnown((row, ms) => {
    firstMs[row] = Math.min(firstMs[row]!, ms);
    oldestMs = Math.min(oldestMs, ms);
    newestMs = Math.max(newestMs, ms);
  });
  const trendFromMs = newestMs - TREND_SHARE * (newestMs - oldestMs);
  forEachKnown((row, ms) => {
    if (ms >= trendFromMs) trend[row]!++;
  });
  firstMs.forEach((first, row) => {
    if (first !== Infinity) ageDays[row] = (newestMs - first) / DAY_MS;
  });
  return { popularity, trend, ageDays };

  function forEachKnown(visit: (row: number, ms: number) => void): void {
    for (let user = 0; user < end.length; user++) for (let k = start[user]!; k < end[user]!; k++) visit(item[k]!, atMs![k]!);
  }
}
