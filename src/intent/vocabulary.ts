import type { ItemList } from '../domain/item.ts';
import { labelsOf, termsOfText } from '../model/words.ts';

/** An attribute value with more words than this is a text, not a name. */
const NAME_WORDS_MAX = 4;

/** The names that a catalogue has for kinds of items: its categories and the values of its attributes. */
export class Vocabulary {
  private readonly names = new Map<string, string>();

  constructor(items: ItemList) {
    for (const item of items) {
      for (const label of labelsOf(item)) {
        const terms = termsOfText(label);
        if (terms.length > 0 && terms.length <= NAME_WORDS_MAX) this.names.set(terms.join(' '), label);
      }
    }
  }

  /** The names in a text, in the catalogue's spelling; of overlapping ones the longest. */
  namesIn(text: string): string[] {
    const terms = termsOfText(text);
    const found = new Set<string>();
    for (let at = 0; at < terms.length;) {
      const length = this.longestAt(terms, at);
      if (length > 0) found.add(this.names.get(terms.slice(at, at + length).join(' '))!);
      at += Math.max(1, length);
    }
    return [...found];
  }

  private longestAt(terms: readonly string[], at: number): number {
    for (let length = Math.min(NAME_WORDS_MAX, terms.length - at); length > 0; length--) {
      if (this.names.has(terms.slice(at, at + length).join(' '))) return length;
    }
    return 0;
  }
}
