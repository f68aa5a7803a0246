import { dropWhere, keepAll, type Rule } from './rule.ts';

/** Items that are hidden, not to be had, not shown yet or any more, or of another market. Asks of each item anew: a source may be wrong. */
export const eligibility: Rule = (list, { request: { nowMs, market }, serving }) => {
  const { eligibility: eligible } = serving.permits;
  return eligible.at(nowMs, market) ? dropWhere(list, (row) => eligible.against(row, nowMs, market)) : keepAll(list);
};
