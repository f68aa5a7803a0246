import type { Neighbours } from '../model/neighbours.ts';
import { keepHeaviest } from './neighbours.ts';
import type { TermMatrix } from './term-matrix.ts';

/** The `keep` items whose texts are most like each item's, by the cosine of their terms. Needs no interaction at all. */
export function compareTexts({ itemCount, termCount, start, term, weight }: TermMatrix, keep: number): Neighbours {
  const inverted = invert({ itemCount, termCount, start, term, weight });
  return keepHeaviest(itemCount, keep, (from, add) => {
    for (let k = start[from]!; k < start[from + 1]!; k++) {
      const column = term[k]!;
      for (let at = inverted.start[column]!; at < inverted.start[column + 1]!; at++) {
        if (inverted.item[at] !== from) add(inverted.item[at]!, weight[k]! * inverted.weight[at]!);
      }
    }
  });
}

/** The items of each term: column `t` has the entries `start[t] <= k < start[t + 1]`. */
function invert({ itemCount, termCount, start, term, weight }: TermMatrix) {
  const first = new Int32Array(termCount + 1);
  for (const column of term) first[column + 1]!++;
  for (let column = 0; column < termCount; column++) first[column + 1]! += first[column]!;
  const fill = first.slice();
  const item = new Int32Array(term.length);
  const weights = new Float32Array(term.length);
  for (let row = 0; row < itemCount; row++) {
    for (let k = start[row]!; k < start[row + 1]!; k++) {
      const slot = fill[term[k]!]!++;
      item[slot] = row;
      weights[slot] = weight[k]!;
    }
  }
  return { start: first, item, weight: weights };
}
