import { TopK } from '../../kernel/topk.ts';
import type { Source } from './source.ts';

/** The newest items of the catalogue among which the nearest are looked for. */
const ARRIVALS = 300;
const CANDIDATES = 60;

/**
 * New items that are like what the user turns to. Nobody has had them yet, so only what they say can tell: an item's vector
 * holds its text, and until the transformer is ready the texts are compared themselves. The newest come first of equals.
 */
export const fresh: Source = ({ request, serving, permitted }, { user }) => {
  const arrivals: number[] = [];
  const { byCreation } = serving.columns;
  const { createdAtMs } = serving.snapshot.items;
  for (let at = 0; at < byCreation.length && arrivals.length < ARRIVALS; at++) {
    const row = byCreation[at]!;
    if (permitted?.[row] !== 0 && createdAtMs[row]! <= request.nowMs) arrivals.push(row);
  }
  const near = user && serving.scanner.products(user, Int32Array.from(arrivals));
  const best = new TopK(CANDIDATES);
  arrivals.forEach((row, at) => best.offer(near ? near[at]! : serving.tallies.texts.now(row), row));
  return best.unordered();
};
