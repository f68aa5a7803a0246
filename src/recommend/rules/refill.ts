import { keepAll, type Rule } from './rule.ts';

/** As many items as were asked for: the best of what is left, then what was dropped only for being too much of one kind. */
export const refill: Rule = (list, { request: { limit } }, before) => {
  if (list.length >= limit) return keepAll(list.slice(0, limit));
  const spare = before.filter((item) => item.spare);
  return keepAll(spare.length === 0 ? list : [...list, ...spare.slice(0, limit - list.length).map(({ row, score }) => ({ row, score }))]);
};
