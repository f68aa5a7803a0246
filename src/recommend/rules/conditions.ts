import { dropWhere, keepAll, type Rule } from './rule.ts';

/** Items that the query or a critique does not want: outside its prices, or with words that it excludes. */
export const conditions: Rule = (list, { forbidden }) =>
  forbidden ? dropWhere(list, (row) => (forbidden[row] === 1 ? 'unwanted' : undefined)) : keepAll(list);
