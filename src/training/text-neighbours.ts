import type { Neighbours } from '../model/neighbours.ts';
import { keepHeaviest } from './neighbours.ts';
import { invertTerms, type TermMatrix } from '../model/term-matrix.ts';

/** The `keep` items whose texts are most like each item's, by the cosine of their terms. Needs no interaction at all. */
export function compareTexts(matrix: TermMatrix, keep: number): Neighbours {
  const { itemCount, start, term, weight } = matrix;
  const inverted = invertTerms(matrix);
  return keepHeaviest(itemCount, keep, (from, add) => {
    for (let k = start[from]!; k < start[from + 1]!; k++) {
      const column = term[k]!;
      for (let at = inverted.start[column]!; at < inverted.start[column + 1]!; at++) {
        if (inverted.item[at] !== from) add(inverted.item[at]!, weight[k]! * inverted.weight[at]!);
      }
    }
  });
}
