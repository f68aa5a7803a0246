import { DEFAULT_LOCALE } from '../domain/locale.ts';
import type { DegradedPart, RecommendedItem } from '../domain/recommendation.ts';
import type { TrendingQuery } from '../domain/feedback.ts';
import { wordReason } from '../explain/wording.ts';
import type { Filter } from './filter/filter.ts';
import { presentItem } from './present.ts';
import { popularItems } from './popular-items.ts';
import type { Serving } from './serving.ts';
import type { Stopwatch } from './stopwatch.ts';
import type { CounterMemory } from './counts.ts';
import { warnUnreadable } from './memory.ts';

export interface TrendingRequest extends TrendingQuery {
  readonly limit: number;
  readonly filter?: Filter | undefined;
  /** Where the user is, in the words of the items' `markets`. */
  readonly market?: string | undefined;
}

/** Items that many people turned to lately, out of what was counted; what is popular where nothing was, or where it cannot be read. */
export async function trendingItems(
  request: TrendingRequest,
  serving: Serving,
  { trends }: CounterMemory,
  nowMs: number,
  stopwatch: Stopwatch,
): Promise<{ items: readonly RecommendedItem[]; degraded: readonly DegradedPart[] }> {
  const { limit, market } = request;
  const filter = filterOf(request);
  const permitted = serving.permits.rowsFor(filter, nowMs, market);
  const degraded: DegradedPart[] = [];
  const counted = await trends.read(request, nowMs).catch((cause: unknown) => {
    warnUnreadable(cause);
    degraded.push('trending');
    return [];
  });
  stopwatch.lap('trends');
  const items = counted.flatMap(({ item, score }) => presentTrending(item, score, permitted, serving)).slice(0, limit);
  if (items.length > 0) return { items, degraded };
  const popular = await popularItems({ limit, filter, market }, serving, nowMs, stopwatch);
  return { items: popular.items, degraded };
}

/** The filter of the request and its category. */
function filterOf({ category, filter }: TrendingRequest): Filter | undefined {
  if (category === undefined) return filter;
  const inCategory: Filter = { kind: 'compare', field: 'category', operator: '==', value: category };
  return filter ? { kind: 'and', operands: [inCategory, filter] } : inCategory;
}

/** The item, if the catalogue has it and it may be shown. */
function presentTrending(id: string, score: number, permitted: Uint8Array | undefined, serving: Serving): RecommendedItem[] {
  const { rowOf, items } = serving.snapshot;
  const row = rowOf.get(id);
  if (row === undefined || permitted?.[row] === 0) return [];
  return [presentItem(row, score, { kind: 'trending', text: wordReason('trending', [], DEFAULT_LOCALE), because: [] }, items)];
}
