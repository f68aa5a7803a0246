import { LIMITS } from '../../domain/limits.ts';
import { isSeen } from '../barred.ts';
import { dropWhere, keepAll, type Rule } from './rule.ts';
import { weigh } from './weigh.ts';

/** Items that the user turned to, by the policy. Those to be dropped are barred from being proposed, and asked of anew: a source may be wrong. */
export const seen: Rule = (list, situation) => {
  switch (situation.request.settings.seen) {
    case 'allow':
      return keepAll(list);
    case 'demote':
      return keepAll(weigh(list, (row) => (isSeen(row, situation) ? 1 / LIMITS.factor : 1)));
    case 'drop':
      return dropWhere(list, (row) => (isSeen(row, situation) ? 'seen' : undefined));
  }
};
