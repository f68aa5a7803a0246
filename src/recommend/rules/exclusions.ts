import { dropWhere, keepAll, type Rule } from './rule.ts';

/** Items that the request excludes, is about, or had on an earlier page. */
export const exclusions: Rule = (list, { excluded }) =>
  excluded.size === 0 ? keepAll(list) : dropWhere(list, (row) => (excluded.has(row) ? 'excluded' : undefined));
