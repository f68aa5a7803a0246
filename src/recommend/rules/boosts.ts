import { LIMITS } from '../../domain/limits.ts';
import { compileFilter } from '../filter/compile.ts';
import { keepAll, type Rule } from './rule.ts';
import { weigh } from './weigh.ts';

/** Weighs items by what an operator wants up or down; all boosts of an item together are bounded by `LIMITS.factor`, both ways. */
export const boosts: Rule = (list, { request: { settings }, serving }) => {
  if (settings.boosts.length === 0) return keepAll(list);
  const { items } = serving.snapshot;
  const matching = settings.boosts.map(({ filter, factor }) => ({ matches: compileFilter(filter, items), factor }));
  const product = (row: number) => matching.reduce((so, { matches, factor }) => (matches(row) ? so * factor : so), 1);
  return keepAll(weigh(list, (row) => Math.min(LIMITS.factor, Math.max(1 / LIMITS.factor, product(row)))));
};
