import { firstNotBelow } from '../../kernel/search.ts';
import type { Known } from '../known.ts';
import { NOTHING, type Baseline, type Setting } from './baseline.ts';

const DAY_MS = 24 * 3600 * 1000;
const DAYS = [1, 7, 30, 90, 365];

/** The items with most interactions in the days before the moment of the request (Ji et al., 2020, "A re-visit of the popularity baseline"). */
export const recentPopularity: Baseline<Setting, { days: number }> = {
  name: 'recent popularity',
  fits: NOTHING,
  reads: DAYS.map((days) => ({ days })),
  unfit: ({ sequences: { atMs } }) => (atMs ? undefined : 'the data has no times that compare between users'),
  fit(known) {
    const log = inOrderOfTime(known);
    return {
      bytes: log.timesMs.byteLength + log.items.byteLength,
      scorer({ days }) {
        // The window of the request before, moved on: counting afresh for each would read most of the log every time.
        const counts = new Float32Array(known.sequences.itemCount);
        let from = 0;
        let to = 0;
        return ({ nowMs }, scores) => {
          const wantedFrom = firstNotBelow(log.timesMs, nowMs - days * DAY_MS);
          const wantedTo = firstNotBelow(log.timesMs, nowMs);
          while (to < wantedTo) counts[log.items[to++]!]!++;
          while (from > wantedFrom) counts[log.items[--from]!]!++;
          while (to > wantedTo) counts[log.items[--to]!]!--;
          while (from < wantedFrom) counts[log.items[from++]!]!--;
          scores.set(counts);
        };
      },
    };
  },
};

function inOrderOfTime({ sequences: { item, start, end, atMs } }: Known): { timesMs: Float64Array; items: Int32Array } {
  const places = Int32Array.from(
    Array.from(end, (to, user) => Array.from({ length: to - start[user]! }, (_, at) => start[user]! + at)).flat(),
  );
  places.sort((a, b) => atMs![a]! - atMs![b]!);
  return { timesMs: Float64Array.from(places, (place) => atMs![place]!), items: Int32Array.from(places, (place) => item[place]!) };
}
