import { RESERVED } from '../../domain/item.ts';
import type { ScoredItem } from '../score.ts';
import type { Serving } from '../serving.ts';
import type { Caps } from '../settings.ts';
import { keepAll, type Dropped, type Rule } from './rule.ts';

/** Keeps the best few of each category and of each brand. The others may come back where an answer would be short. */
export const caps: Rule = (list, { request: { settings }, serving }) => {
  if (settings.caps.category === Infinity && settings.caps.brand === Infinity) return keepAll(list);
  const groupsOf = readGroups(settings.caps, serving);
  const counts = new Map<string, number>();
  const kept: ScoredItem[] = [];
  const dropped: Dropped[] = [];
  for (const scored of list) {
    const groups = groupsOf(scored.row);
    if (groups.some(({ name, most }) => (counts.get(name) ?? 0) >= most)) {
      dropped.push({ ...scored, reason: 'capped', spare: true });
      continue;
    }
    for (const { name } of groups) counts.set(name, (counts.get(name) ?? 0) + 1);
    kept.push(scored);
  }
  return { kept, dropped };
};

/** What the item of a row is counted in, each with how many there may be. */
function readGroups({ category, brand }: Caps, { snapshot: { items } }: Serving): (row: number) => { name: string; most: number }[] {
  const { start, entry } = items.categories;
  const brandOf = items.attribute(RESERVED.brand);
  return (row) => {
    const numbers = new Set(entry.subarray(start[row], start[row + 1]));
    const groups = Array.from(numbers, (number) => ({ name: `category ${number}`, most: category }));
    const itsBrand = brandOf?.(row);
    return typeof itsBrand === 'string' ? [...groups, { name: `brand ${itsBrand}`, most: brand }] : groups;
  };
}
