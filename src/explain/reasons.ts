import type { Snapshot } from '../catalog/snapshot.ts';
import type { Reason } from '../domain/recommendation.ts';
import { ROW_BYTES } from '../kernel/quantize.ts';
import { neighbourWeight } from '../model/neighbours.ts';

/** Items of the history that a reason names at most. */
const BECAUSE_MAX = 2;
/** A second item is named only if it carried at least this share of what the first did. */
const BECAUSE_SHARE = 0.5;

/**
 * Says which items of the history carried an item's score: the ones it follows or goes with, and where counting knows none,
 * the one whose vector is nearest. `history` holds item rows, oldest first, with the weight each had in the scoring.
 */
export function explainItem(row: number, history: readonly number[], decay: number, snapshot: Snapshot): Reason {
  if (history.length === 0) return { kind: 'popular', text: 'Popular with other customers', because: [] };
  const counted = strongest(
    history,
    decay,
    (from) => neighbourWeight(snapshot.rules, from, row) + neighbourWeight(snapshot.coVisits, from, row),
  );
  if (counted.length > 0) return reason('goes-with', 'Goes with', counted, snapshot);
  const near = strongest(history, decay, (from) => innerProduct(snapshot, from, row)).slice(0, 1);
  if (near.length > 0) return reason('similar', 'Similar to', near, snapshot);
  return { kind: 'popular', text: 'Popular with other customers', because: [] };
}

function reason(kind: Reason['kind'], words: string, rows: readonly number[], { items }: Snapshot): Reason {
  const named = rows.map((row) => items[row]!);
  return { kind, text: `${words} ${named.map(({ title }) => title).join(' and ')}`, because: named.map(({ id }) => id) };
}

/** The rows of the history with the largest positive part, each once, strongest first. */
function strongest(history: readonly number[], decay: number, part: (row: number) => number): number[] {
  const parts = new Map<number, number>();
  history.forEach((row, at) => {
    const weight = decay ** (history.length - 1 - at) * part(row);
    if (weight > 0) parts.set(row, (parts.get(row) ?? 0) + weight);
  });
  const ordered = [...parts].sort((a, b) => b[1] - a[1]).slice(0, BECAUSE_MAX);
  return ordered.filter(([, weight]) => weight >= BECAUSE_SHARE * ordered[0]![1]).map(([row]) => row);
}

/** Of two items' vectors, in units of the scales. */
function innerProduct({ vectors: { codes, scales, dims } }: Snapshot, a: number, b: number): number {
  let sum = 0;
  for (let d = 0; d < dims; d++) sum += codes[a * ROW_BYTES + d]! * codes[b * ROW_BYTES + d]! * scales[d]! ** 2;
  return sum;
}
