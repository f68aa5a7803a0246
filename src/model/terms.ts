import type { Item } from '../domain/item.ts';

const WORDS = /[\p{L}\p{N}]+/gu;

/** What an item's text says, each thing once: the words of its title, its categories, and its attributes that are text. */
export function termsOf({ title, categories, attributes }: Item): string[] {
  const words = title.normalize('NFKC').toLowerCase().match(WORDS) ?? [];
  const named = categories.map((category) => `category ${category.toLowerCase()}`);
  const told = Object.entries(attributes).flatMap(([name, value]) =>
    typeof value === 'string' && value !== '' ? [`${name} ${value.toLowerCase()}`] : [],
  );
  return [...new Set([...words, ...named, ...told])];
}
