import { brandOf, type Item } from '../../domain/item.ts';
import type { ScoredItem } from '../score.ts';
import type { Caps } from '../settings.ts';
import { keepAll, type Dropped, type Rule } from './rule.ts';

/** Keeps the best few of each category and of each brand. The others may come back where an answer would be short. */
export const caps: Rule = (list, { request: { settings }, serving }) => {
  if (settings.caps.category === Infinity && settings.caps.brand === Infinity) return keepAll(list);
  const counts = new Map<string, number>();
  const kept: ScoredItem[] = [];
  const dropped: Dropped[] = [];
  for (const scored of list) {
    const groups = groupsOf(serving.snapshot.items[scored.row]!, settings.caps);
    if (groups.some(({ name, most }) => (counts.get(name) ?? 0) >= most)) {
      dropped.push({ ...scored, reason: 'capped', spare: true });
      continue;
    }
    for (const { name } of groups) counts.set(name, (counts.get(name) ?? 0) + 1);
    kept.push(scored);
  }
  return { kept, dropped };
};

/** What an item is counted in, each with how many there may be. */
function groupsOf(item: Item, { category, brand }: Caps): { name: string; most: number }[] {
  const groups = [...new Set(item.categories)].map((name) => ({ name: `category ${name}`, most: category }));
  const itsBrand = brandOf(item);
  return itsBrand === undefined ? groups : [...groups, { name: `brand ${itsBrand}`, most: brand }];
}
