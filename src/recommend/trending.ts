import type { DegradedPart, RecommendedItem } from '../domain/recommendation.ts';
import type { TrendingQuery } from '../feedback/counters.ts';
import type { Filter } from './filter/filter.ts';
import { presentItem } from './present.ts';
import { recommend } from './recommend.ts';
import type { Serving } from './serving.ts';
import type { Stopwatch } from './stopwatch.ts';

/** What is trending, as it was counted. */
export interface Trends {
  trending(query: TrendingQuery, nowMs: number): Promise<{ item: string; score: number }[]>;
}

export interface TrendingRequest extends TrendingQuery {
  readonly limit: number;
  readonly filter?: Filter | undefined;
}

/** Items that many people turned to lately, out of what was counted; what is popular where nothing was, or where it cannot be read. */
export async function trendingItems(
  request: TrendingRequest,
  serving: Serving,
  trends: Trends,
  nowMs: number,
  stopwatch: Stopwatch,
): Promise<{ items: readonly RecommendedItem[]; degraded: readonly DegradedPart[] }> {
  const { limit } = request;
  const filter = filterOf(request);
  const degraded: DegradedPart[] = [];
  const counted = await trends.trending(request, nowMs).catch((cause: unknown) => {
    console.warn(JSON.stringify({ event: 'trends_unreadable', error: String(cause) }));
    degraded.push('trending');
    return [];
  });
  stopwatch.lap('trends');
  const items = counted.flatMap(({ item, score }) => presentTrending(item, score, filter, serving)).slice(0, limit);
  if (items.length > 0) return { items, degraded };
  const popular = await recommend({ history: [], exclude: [], seen: 'drop', limit, ...(filter ? { filter } : {}) }, serving, stopwatch);
  return { items: popular.items, degraded };
}

/** The filter of the request and its category. */
function filterOf({ category, filter }: TrendingRequest): Filter | undefined {
  if (category === undefined) return filter;
  const inCategory: Filter = { kind: 'compare', field: 'category', operator: '==', value: category };
  return filter ? { kind: 'and', operands: [inCategory, filter] } : inCategory;
}

/** The item, if the catalogue has it and the filter permits it. */
function presentTrending(id: string, score: number, filter: Filter | undefined, serving: Serving): RecommendedItem[] {
  const { rowOf, items } = serving.snapshot;
  const row = rowOf.get(id);
  if (row === undefined || serving.permittedBy(filter)?.[row] === 0) return [];
  return [presentItem(items[row]!, score, { kind: 'trending', text: 'Trending now', because: [] })];
}
