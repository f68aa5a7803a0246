/**
 * Exponential decay looking forward (Cormode et al., "Forward decay", 2009): an interaction counts as much more as it is
 * nearer to a fixed time ahead, so sums never have to be decayed, can be added up in any order, and are ordered as the decayed
 * ones are. A double holds this scale until 2038.
 */
const HALF_LIFE_MS = 3 * 24 * 60 * 60_000;
const LANDMARK_MS = Date.UTC(2030, 0, 1);

/** What a weight at `atMs` adds to a trend, as it is stored. */
export function trendOf(weight: number, atMs: number): number {
  return weight * 2 ** ((atMs - LANDMARK_MS) / HALF_LIFE_MS);
}

/** A stored trend in weights of `nowMs`: an interaction of weight 1 a half-life ago is 0.5. */
export function trendAt(trend: number, nowMs: number): number {
  return trend * 2 ** ((LANDMARK_MS - nowMs) / HALF_LIFE_MS);
}
