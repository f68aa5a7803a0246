import type { ItemList } from '../domain/item.ts';
import { LIMITS } from '../domain/limits.ts';
import { isFiller } from './cues.ts';
import { offerOf, type Offer } from './reading/offer.ts';
import { TextIndex } from './text-index.ts';
import { Vocabulary } from './vocabulary.ts';
import { termsOfText, wordsOf } from '../model/words.ts';

/** Share of the words of a title that a phrase must have to mean it. */
const TITLE_SHARE_MIN = 0.5;

/** What the parser asks of a catalogue: which words, names and titles it has. Making one takes as long as its index. */
export class Lexicon {
  /** Whether any item has a price. */
  readonly hasPrices: boolean;
  readonly index: TextIndex;
  private readonly items: ItemList;
  private readonly vocabulary: Vocabulary;
  private readonly isTold: (row: number) => boolean;
  private offered: Offer | undefined;

  /** `isTold` says which rows may be named by their titles; all of them if it is absent. */
  constructor(items: ItemList, isTold: (row: number) => boolean = () => true) {
    this.items = items;
    this.isTold = isTold;
    this.index = new TextIndex(items);
    this.vocabulary = new Vocabulary(items);
    this.hasPrices = hasPrices(items);
  }

  /** What a language model is told of the catalogue. Made when it is first wanted, after a response. */
  get offer(): Offer {
    return (this.offered ??= offerOf(this.items));
  }

  /** Categories and attribute values that are named in some of the texts. */
  namesIn(texts: readonly string[]): string[] {
    return [...new Set(texts.flatMap((text) => this.vocabulary.namesIn(text)))];
  }

  /** The words of some texts, each once and without those that say nothing: those that the catalogue has, and the others. */
  known(texts: readonly string[]): { known: string[]; unknown: string[] } {
    const words = [...new Set(texts.flatMap(wordsOf).filter((word) => !isFiller(word)))].slice(0, LIMITS.queryWords);
    const { known = [], unknown = [] } = Object.groupBy(words, (word) => (this.index.knows(word) ? 'known' : 'unknown'));
    return { known, unknown };
  }

  /**
   * What each of some phrases excludes: all its words together where some item has them so, or else each by itself, or nothing
   * where words may not be taken `apart`: what is asked for may be among them.
   */
  exclusions(texts: readonly string[], apart = true): { phrases: string[]; unknown: string[] } {
    const phrases = new Set<string>();
    const unknown: string[] = [];
    for (const text of texts.slice(0, LIMITS.queryWords)) {
      const words = wordsOf(text)
        .filter((word) => !isFiller(word))
        .slice(0, LIMITS.queryWords);
      if (words.length === 0) continue;
      const phrase = words.join(' ');
      const together = this.index.containing(phrase).length > 0;
      for (const part of together ? [phrase] : words) {
        if (together || (apart && this.index.containing(part).length > 0)) phrases.add(part);
        else unknown.push(part);
      }
    }
    return { phrases: [...phrases], unknown };
  }

  /** The item that a text begins with the title of, and what is left of the text; of several the one whose title is nearest. */
  findTitle(text: string): { id: string; rest: string } | undefined {
    const words = wordsOf(text).slice(0, LIMITS.queryWords);
    for (let length = words.length; length > 0; length--) {
      const phrase = words.slice(0, length).join(' ');
      const row = this.nearestTitle(phrase);
      if (row !== undefined) return { id: this.items.at(row)!.id, rest: words.slice(length).join(' ') };
    }
    return undefined;
  }

  private nearestTitle(phrase: string): number | undefined {
    const terms = termsOfText(phrase).length;
    let best: number | undefined;
    let share = TITLE_SHARE_MIN;
    for (const row of this.index.containing(phrase, ['title'])) {
      if (!this.isTold(row)) continue;
      const of = terms / termsOfText(this.items.at(row)!.title).length;
      if (of > share || (of === share && best === undefined)) [best, share] = [row, of];
    }
    return best;
  }
}

function hasPrices(items: ItemList): boolean {
  for (const { price } of items) if (price !== undefined) return true;
  return false;
}
