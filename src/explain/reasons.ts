import type { Snapshot } from '../catalog/snapshot.ts';
import { LIMITS } from '../domain/limits.ts';
import type { Locale } from '../domain/locale.ts';
import type { Reason } from '../domain/recommendation.ts';
import { rowProduct } from '../kernel/quantize.ts';
import { unitOf } from '../model/neighbours.ts';
import { wordReason } from './wording.ts';

/** A second item is named only if it carried at least this share of what the first did. */
const BECAUSE_SHARE = 0.5;

/**
 * Says for each of a few items which items of the history carried its score: the ones it follows or goes with, and where
 * counting knows none, the one whose vector is nearest. `history` holds item rows, each once, oldest first; each counts `decay` times
 * as much as the one after it, as in the scoring.
 */
export function explainItems(
  rows: readonly number[],
  history: readonly number[],
  decay: number,
  snapshot: Snapshot,
  locale: Locale,
): Reason[] {
  const shares = history.map((_, at) => decay ** (history.length - 1 - at)); // [H]
  const counted = addNeighbourWeights(rows, history, snapshot); // [R, H]
  return rows.map((row, r) => {
    const known = strongest(history, (at) => shares[at]! * counted[r * history.length + at]!);
    if (known.length > 0) return reason('goes-with', known, snapshot, locale);
    const near = strongest(history, (at) => shares[at]! * rowProduct(snapshot.vectors, history[at]!, row)).slice(0, 1);
    if (near.length > 0) return reason('similar', near, snapshot, locale);
    return reason('popular', [], snapshot, locale);
  });
}

/** By row of the catalogue: 1 + the place among those that are explained, 0 elsewhere. It is kept and left clear, as it is as long as the catalogue. */
let placeOf = new Uint8Array();

/** The weights of both neighbour tables from every item of the history to each of `rows` -> [R, H], each table row read once. */
function addNeighbourWeights(rows: readonly number[], history: readonly number[], { items, rules, coVisits }: Snapshot): Float32Array {
  const weights = new Float32Array(rows.length * history.length);
  if (placeOf.length < items.length) placeOf = new Uint8Array(items.length);
  rows.forEach((row, r) => (placeOf[row] = r + 1));
  history.forEach((from, at) => {
    for (const table of [rules, coVisits]) {
      const { start, item, weight } = table;
      const unit = unitOf(table, from);
      const end = start[from + 1]!;
      for (let k = start[from]!; k < end; k++) {
        const place = placeOf[item[k]!]!;
        if (place > 0) weights[(place - 1) * history.length + at]! += unit * weight[k]!;
      }
    }
  });
  for (const row of rows) placeOf[row] = 0;
  return weights;
}

function reason(kind: Reason['kind'], rows: readonly number[], { items }: Snapshot, locale: Locale): Reason {
  const titles = rows.map((row) => items.titleOf(row));
  return { kind, text: wordReason(kind, titles, locale), because: rows.map((row) => items.idOf(row)) };
}

/** The rows of the history with the largest positive part, strongest first, of equals the oldest; `part` is told the place. */
function strongest(history: readonly number[], part: (at: number) => number): number[] {
  const places: number[] = [];
  const weights: number[] = [];
  for (let at = 0; at < history.length; at++) {
    const weight = part(at);
    if (!(weight > (weights[LIMITS.becauseItems - 1] ?? 0))) continue; // not among the strongest so far
    let place = Math.min(places.length, LIMITS.becauseItems - 1);
    for (; place > 0 && weights[place - 1]! < weight; place--) {
      places[place] = places[place - 1]!;
      weights[place] = weights[place - 1]!;
    }
    places[place] = at;
    weights[place] = weight;
  }
  return places.filter((_, place) => weights[place]! >= BECAUSE_SHARE * weights[0]!).map((at) => history[at]!);
}
