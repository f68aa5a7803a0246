import type { Snapshot } from '../catalog/snapshot.ts';
import type { RecommendedItem } from '../domain/recommendation.ts';
import { explainItems } from '../explain/reasons.ts';
import type { ScoredItem } from './score.ts';

/** The items of an answer as a client sees them, each with its reason in a history of item rows (see `explainItems`). */
export function presentItems(
  scored: readonly ScoredItem[],
  history: readonly number[],
  decay: number,
  snapshot: Snapshot,
): RecommendedItem[] {
  const rows = scored.map(({ row }) => row);
  const reasons = explainItems(rows, history, decay, snapshot);
  return scored.map(({ row, score }, at) => {
    const { id, title, price } = snapshot.items[row]!;
    return { id, title, ...(price === undefined ? {} : { price }), score, reason: reasons[at]! };
  });
}
