import type { Snapshot } from '../snapshot.ts';
import { amendNeighbours, textEdges } from './amend-neighbours.ts';
import { amendStatistics, lengthenVectors } from './amend-parts.ts';
import { allRows, amendInPlace } from './amendment.ts';
import type { Change } from './change.ts';

/**
 * The same version with what changed since: items say what they say now, those that may not be shown are hidden, new ones come last.
 * Rows stay where they are, so an answer begun over the one can be finished over the other. Without new items everything but `items` is shared.
 */
export function amendSnapshot(snapshot: Snapshot, changes: readonly Change[]): Snapshot {
  const news = changes.filter(({ seq }) => seq > snapshot.upTo);
  if (news.length === 0) return snapshot;
  const amendment = amendInPlace(snapshot.items, news);
  const { changed, added } = amendment;
  const items = snapshot.items.with(new Map([...changed, ...added.map(({ item }, at) => [snapshot.items.length + at, item] as const)]));
  if (added.length === 0) return { ...snapshot, items };
  const { rowOf } = items;
  const byPopularity = allRows(items.length);
  byPopularity.set(snapshot.byPopularity);
  return {
    ...snapshot,
    items,
    rowOf,
    vectors: lengthenVectors(snapshot.vectors, added),
    rules: amendNeighbours(snapshot.rules, amendment),
    coVisits: amendNeighbours(snapshot.coVisits, amendment),
    texts: amendNeighbours(snapshot.texts, amendment, textEdges(amendment, rowOf)),
    statistics: amendStatistics(snapshot.statistics, snapshot.byPopularity, amendment),
    byPopularity,
  };
}
