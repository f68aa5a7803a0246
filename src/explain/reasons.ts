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
 * counting knows none, the one whose vector is nearest; if none did, whether anybody had the item. `history` holds item rows, each once, oldest first; each counts `decay` times
 * as much as the one after it, as in the scoring.
 */
export function explainItems(
  rows: readonly number[],
  history: readonly number[],
  decay: number,
  snapshot: Snapshot,
  locale: Locale,
): Reason[] {
  const length = history.length;
  const shares = new Float64Array(length); // [H]
  for (let at = 0; at < length; at++) shares[at] = decay ** (length - 1 - at);
  const counted = addNeighbourWeights(rows, history, snapshot); // [R, H]
  const parts = new Float64Array(length); // [H] of one item
  const strongestOf = (weights: ArrayLike<number>, from: number) => {
    for (let at = 0; at < length; at++) parts[at] = shares[at]! * weights[from + at]!;
    return strongest(parts).map((at) => history[at]!);
  };
  return rows.map((row, r) => {
    const known = strongestOf(counted, r * length);
    if (known.length > 0) return reason('goes-with', known, snapshot, locale);
    const likeness = history.map((from) => rowProduct(snapshot.vectors, from, row));
    const near = strongestOf(likeness, 0).slice(0, 1);
    const kind = near.length > 0 ? 'similar' : snapshot.statistics.popularity[row]! > 0 ? 'popular' : 'new';
    return reason(kind, near, snapshot, locale);
  });
}

/** By row of the catalogue: 1 + the place among those that are explained, 0 elsewhere. It is kept and left clear, as it is as long as the catalogue. */
let placeOf = new Uint8Array();

/** The weights of both neighbour tables from every item of the history to each of `rows` -> [R, H], each table row read once. */
function addNeighbourWeights(rows: readonly number[], history: readonly number[], { items, rules, coVisits }: Snapshot): Float32Array {
  const weights = new Float32Array(rows.length * history.length);
  if (placeOf.length < items.length) placeOf = new Uint8Array(items.length);
  rows.forEach((row, r) => (placeOf[row] = r + 1));
  for (const table of [rules, coVisits]) {
    const { start, item, weight } = table;
    for (let at = 0; at < history.length; at++) {
      const from = history[at]!;
      const unit = unitOf(table, from);
      const end = start[from + 1]!;
      for (let k = start[from]!; k < end; k++) {
        const place = placeOf[item[k]!]!;
        if (place > 0) weights[(place - 1) * history.length + at]! += unit * weight[k]!;
      }
    }
  }
  for (const row of rows) placeOf[row] = 0;
  return weights;
}

function reason(kind: Reason['kind'], rows: readonly number[], { items }: Snapshot, locale: Locale): Reason {
  const titles = rows.map((row) => items.titleOf(row));
  return { kind, text: wordReason(kind, titles, locale), because: rows.map((row) => items.idOf(row)) };
}

/** The places of the largest of `parts` above 0, the largest first, of equals the first. */
function strongest(parts: Float64Array): number[] {
  const places: number[] = [];
  for (let at = 0; at < parts.length; at++) {
    const part = parts[at]!;
    if (!(part > 0)) continue;
    let place = places.length;
    while (place > 0 && parts[places[place - 1]!]! < part) place--;
    if (place === LIMITS.becauseItems) continue;
    places.splice(place, 0, at);
    if (places.length > LIMITS.becauseItems) places.pop();
  }
  return places.filter((at) => parts[at]! >= BECAUSE_SHARE * parts[places[0]!]!);
}
