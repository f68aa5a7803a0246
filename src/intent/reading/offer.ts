import type { Item, ItemList } from '../../domain/item.ts';
import { LIMITS } from '../../domain/limits.ts';
import { findBlemish } from '../../domain/plain.ts';
import { labelsOf, wordsOf } from '../../model/words.ts';
import { isFiller } from '../cues.ts';

/** What a language model is told of a catalogue to choose its words from: names of kinds of items, and words of titles. */
export interface Offer {
  readonly names: readonly string[];
  readonly words: readonly string[];
}

/** The most frequent ones, in the order of the alphabet: a few items more or less make no other offer. */
export function offerOf(items: ItemList): Offer {
  return {
    names: mostFrequent(items, labelsOf, isOfferable, LIMITS.readingNames),
    words: mostFrequent(items, ({ title }) => [...new Set(wordsOf(title))], isWord, LIMITS.readingWords),
  };
}

function mostFrequent(items: ItemList, textsOf: (item: Item) => string[], takes: (text: string) => boolean, most: number): string[] {
  const counts = new Map<string, number>();
  for (const item of items) for (const text of textsOf(item).filter(takes)) counts.set(text, (counts.get(text) ?? 0) + 1);
  const ordered = [...counts].sort(([a, timesA], [b, timesB]) => timesB - timesA || (a < b ? -1 : 1));
  return ordered
    .slice(0, most)
    .map(([text]) => text)
    .sort();
}

const isOfferable = (name: string) => name.length <= LIMITS.readingPhraseChars && findBlemish(name) === undefined;
const isWord = (word: string) => !isFiller(word) && /^\p{L}{2,}$/u.test(word);
