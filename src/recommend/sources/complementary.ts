import { TopK } from '../../kernel/topk.ts';
import { neighbourWeight, unitOf, type Neighbours } from '../../model/neighbours.ts';
import type { Source } from './source.ts';

const CANDIDATES = 100;
/** Two items whose texts have at least this cosine are one thing in two forms: the same bag in another colour. */
const SAME_TEXT = 0.4;

/**
 * What is had together with the items that the answer is about but is not one more of them: nothing of their categories, and
 * nothing that says almost the same.
 */
export const complementary: Source = ({ serving, about, permitted }) => {
  const { snapshot, columns } = serving;
  const { rules, coVisits, texts } = snapshot;
  const { start: from, entry } = columns.categories;
  const categoriesOf = (row: number) => entry.subarray(from[row], from[row + 1]);
  const own = new Set(about.flatMap((row) => [...categoriesOf(row)]));
  const together = new Map<number, number>();
  for (const from of about) {
    for (const table of [rules, coVisits]) {
      const { start, item, weight } = table;
      const unit = unitOf(table, from);
      for (let k = start[from]!; k < start[from + 1]!; k++) together.set(item[k]!, (together.get(item[k]!) ?? 0) + unit * weight[k]!);
    }
  }
  const best = new TopK(CANDIDATES);
  for (const [row, weight] of together) {
    const another = !categoriesOf(row).some((number) => own.has(number)) && !about.some((from) => sayTheSame(from, row, texts));
    if (another && permitted?.[row] !== 0) best.offer(weight, row);
  }
  return best.unordered();
};

/** Whether either is among the nearest texts of the other, and near enough. */
function sayTheSame(a: number, b: number, texts: Neighbours): boolean {
  return neighbourWeight(texts, a, b) >= SAME_TEXT || neighbourWeight(texts, b, a) >= SAME_TEXT;
}
