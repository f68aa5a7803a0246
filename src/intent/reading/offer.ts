import type { Item } from '../../domain/item.ts';
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
export function offerOf(items: readonly Item[]): Offer {
  return {
    names: mostFrequent(items.flatMap(labelsOf).filter(isOfferable), LIMITS.readingNames),
    words: mostFrequent(items.flatMap(({ title }) => [...new Set(wordsOf(title))]).filter(isWord), LIMITS.readingWords),
  };
}

function mostFrequent(texts: readonly string[], most: number): string[] {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  const ordered = [...counts].sort(([a, timesA], [b, timesB]) => timesB - timesA || (a < b ? -1 : 1));
  return ordered
    .slice(0, most)
    .map(([text]) => text)
    .sort();
}

const isOfferable = (name: string) => name.length <= LIMITS.readingPhraseChars && findBlemish(name) === undefined;
const isWord = (word: string) => !isFiller(word) && /^\p{L}{2,}$/u.test(word);
