import type { Exposure, TrendingItem, TrendingQuery } from '../domain/feedback.ts';
import { LIMITS } from '../domain/limits.ts';
import { Memory } from './memory.ts';
import type { Counts } from './request.ts';
import type { Serving } from './serving.ts';
import type { Settings } from './settings.ts';

/** What is counted of all users. */
export interface Counters {
  /** The most trending first. */
  trending(query: TrendingQuery, nowMs: number): Promise<readonly TrendingItem[]>;
  /** Of those of these items that were shown, by their ids. */
  exposures(items: readonly string[]): Promise<ReadonlyMap<string, Exposure>>;
}

/** The counters as an isolate remembers them. */
export interface CounterMemory {
  readonly trends: Memory<TrendingQuery, readonly TrendingItem[]>;
  readonly exposures: Memory<readonly string[], ReadonlyMap<string, Exposure>>;
}

export function rememberCounters(counters: Counters): CounterMemory {
  return {
    trends: new Memory(
      (query, nowMs) => counters.trending(query, nowMs),
      ({ country, category }) => JSON.stringify([country, category]),
    ),
    exposures: new Memory(
      (items) => counters.exposures(items),
      () => 'fresh items',
    ),
  };
}

/** What is known by now. Reads nothing. */
export function knownCounts({ trends, exposures }: CounterMemory): Counts {
  const [trending, exposed] = [trends.known({}), exposures.known([])];
  return { ...(trending && { trending }), ...(exposed && { exposures: exposed }) };
}

/** Reads again what such answers are made with, if it is time to; undefined where they are made without. Never rejects. */
export function refreshCounts(
  { sources, exploration }: Settings,
  memory: CounterMemory,
  serving: Serving,
  nowMs: number,
): Promise<unknown> | undefined {
  const reads: Promise<void>[] = [];
  if (sources.trending !== undefined) reads.push(memory.trends.refresh({}, nowMs));
  if (exploration > 0) reads.push(memory.exposures.refresh(freshItems(serving, nowMs), nowMs));
  return reads.length > 0 ? Promise.all(reads) : undefined;
}

/** Ids of the newest items, as far as they are fresh. */
function freshItems({ columns, snapshot: { items } }: Serving, nowMs: number): string[] {
  const ids: string[] = [];
  for (const row of columns.byCreation) {
    const createdAtMs = items.createdAtMs[row]!;
    if (ids.length === LIMITS.exposuresRead || nowMs - createdAtMs > LIMITS.freshMs) break;
    if (createdAtMs <= nowMs) ids.push(items.idOf(row));
  }
  return ids;
}
