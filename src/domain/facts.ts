import type { Item } from './item.ts';
import { LIMITS } from './limits.ts';
import { findBlemish } from './plain.ts';

/** What a language model is told of an item: words of the catalogue that may stand in a sentence. Never its price, which changes. */
export interface Facts {
  readonly title: string;
  readonly categories: readonly string[];
  readonly attributes: Readonly<Record<string, string>>;
}

/** The facts of an item. Its title is given as it is: `isFact` says whether it may be put before a language model. */
export function factsOf({ title, categories, attributes }: Item): Facts {
  const words = Object.entries(attributes).map(
    ([name, value]) => [name, typeof value === 'object' ? value.join(', ') : String(value)] as const,
  );
  return {
    title,
    categories: categories.filter(isFact).slice(0, LIMITS.explainedAttributes),
    attributes: Object.fromEntries(words.filter(([name, value]) => isFact(name) && isFact(value)).slice(0, LIMITS.explainedAttributes)),
  };
}

/** Whether a text of the catalogue is plain words, and short enough to be told. */
export function isFact(text: string): boolean {
  return text.trim() !== '' && text.length <= LIMITS.nameChars && findBlemish(text) === undefined;
}
