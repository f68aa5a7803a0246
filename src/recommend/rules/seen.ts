import { LIMITS } from '../../domain/limits.ts';
import { dropWhere, keepAll, type Rule } from './rule.ts';
import { weigh } from './weigh.ts';

/** Items that the user turned to, by the policy. What is begun and asked for is not seen yet. */
export const seen: Rule = (list, { request: { settings }, session, shown, unfinished }) => {
  const isSeen = (row: number) => (session.seen.has(row) || shown.has(row)) && !unfinished.has(row);
  switch (settings.seen) {
    case 'allow':
      return keepAll(list);
    case 'demote':
      return keepAll(weigh(list, (row) => (isSeen(row) ? 1 / LIMITS.factor : 1)));
    case 'drop':
      return dropWhere(list, (row) => (isSeen(row) ? 'seen' : undefined));
  }
};
