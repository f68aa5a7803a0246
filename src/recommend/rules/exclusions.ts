import { dropWhere, keepAll, type Rule } from './rule.ts';

/** Items that the request excludes, is about, or had on an earlier page. They are barred from being proposed, and asked of anew: a source may be wrong. */
export const exclusions: Rule = (list, { excluded }) =>
  excluded.size === 0 ? keepAll(list) : dropWhere(list, (row) => (excluded.has(row) ? 'excluded' : undefined));
