import { dropWhere, keepAll, type Rule } from './rule.ts';

/** Items that do not match the request's filter. */
export const filter: Rule = (list, { request, permitted }) =>
  request.filter ? dropWhere(list, (row) => (permitted?.[row] === 0 ? 'filtered' : undefined)) : keepAll(list);
