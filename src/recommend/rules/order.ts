import type { Snapshot } from '../../catalog/snapshot.ts';
import type { IntentSort } from '../../domain/intent.ts';
import { keepAll, type Rule } from './rule.ts';

/** An item takes part in the order that is asked for if it has the words at least this much as well as the best. */
const SORTED_FROM = 0.5;

/** The order that a query asks for ("cheapest bags"): first what has its words, in that order, then the others as they stand. */
export const order: Rule = (list, { intent, matches, serving }) => {
  const sort = intent?.sort ?? (intent?.freshness && 'newest');
  if (!sort) return keepAll(list);
  const key = sortKey(sort, serving.snapshot);
  const { near = [], far = [] } = Object.groupBy(list, ({ row }) =>
    !matches || (matches.lexical.get(row) ?? 0) >= SORTED_FROM ? 'near' : 'far',
  );
  return keepAll([...near.toSorted((a, b) => key(a.row) - key(b.row)), ...far]);
};

/** What the rows are sorted by, the least first. */
function sortKey(sort: IntentSort, { items, statistics }: Snapshot): (row: number) => number {
  const pricedAs = (row: number, unknown: number) => (Number.isNaN(items.price[row]!) ? unknown : items.price[row]!);
  switch (sort) {
    case 'cheapest':
      return (row) => pricedAs(row, Infinity);
    case 'dearest':
      return (row) => -pricedAs(row, -Infinity);
    case 'newest':
      return (row) => statistics.ageDays[row]!;
    case 'popular':
      return (row) => -statistics.popularity[row]!;
  }
}
