import type { Items } from '../catalog/columns/items.ts';
import type { Snapshot } from '../catalog/snapshot.ts';
import { DEFAULT_LOCALE, type Locale } from '../domain/locale.ts';
import type { Reason, RecommendedItem } from '../domain/recommendation.ts';
import { explainItems } from '../explain/reasons.ts';
import type { ScoredItem } from './score.ts';

/** The items of an answer as a client sees them, each with its reason in a history of item rows (see `explainItems`), or what `better` makes of it. */
export function presentItems(
  scored: readonly ScoredItem[],
  history: readonly number[],
  decay: number,
  snapshot: Snapshot,
  locale: Locale = DEFAULT_LOCALE,
  better: (row: number, reason: Reason) => Reason = (_, reason) => reason,
): RecommendedItem[] {
  const rows = scored.map(({ row }) => row);
  const reasons = explainItems(rows, history, decay, snapshot, locale);
  return scored.map(({ row, score }, at) => presentItem(row, score, better(row, reasons[at]!), snapshot.items));
}

/** Reads what is shown of the item of a row and no more of it. */
export function presentItem(row: number, score: number, reason: Reason, items: Items): RecommendedItem {
  const price = items.price[row]!;
  return { id: items.idOf(row), title: items.titleOf(row), ...(Number.isNaN(price) ? {} : { price }), score, reason };
}
