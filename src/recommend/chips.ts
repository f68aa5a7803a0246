import type { Critique, Wish } from '../domain/critique.ts';
import type { Serving } from './serving.ts';

/** How a client sees a critique: something to be removed by its id. */
interface Chip {
  readonly id: string;
  readonly text: string;
}

export function chipsOf(critiques: readonly Critique[], serving: Serving): Chip[] {
  return critiques.map((critique) => ({ id: critique.id, text: textOf(critique, serving) }));
}

/** The wish in the catalogue's own words. */
function textOf(wish: Wish, { snapshot: { items, rowOf }, permits }: Serving): string {
  const titleOf = (id: string) => {
    const row = rowOf.get(id);
    return row === undefined || permits.withholds(row) ? 'an item that is gone' : items.titleOf(row);
  };
  switch (wish.kind) {
    case 'more':
    case 'less':
      return `${wish.kind} ${wish.words}`;
    case 'more-like-this':
      return `more like ${titleOf(wish.item)}`;
    case 'not-this':
      return `not ${titleOf(wish.item)}`;
    case 'price':
      if (wish.priceMin === undefined) return `up to ${wish.priceMax}`;
      return wish.priceMax === undefined ? `from ${wish.priceMin}` : `${wish.priceMin} to ${wish.priceMax}`;
  }
}
