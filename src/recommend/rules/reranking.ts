import { keepAll, type Rule } from './rule.ts';
import { weigh } from './weigh.ts';

/** Weighs items by where a language model put them in earlier answers; of what it did not see it says nothing. */
export const reranking: Rule = (list, { reranked }) =>
  keepAll(reranked === undefined ? list : weigh(list, (row) => reranked.get(row) ?? 1));
