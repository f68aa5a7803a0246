import type { Intent } from '../domain/intent.ts';
import { splitClauses } from './clauses.ts';
import { FRESH, LIKE, LIKE_FILLER, NOT_FIRST, PURPOSE, SORTS } from './cues.ts';
import type { Lexicon } from './lexicon.ts';
import { readPrices } from './prices.ts';
import { signsOf } from './signs.ts';
import { spellOut } from './spell-out.ts';
import { wordsOf } from '../model/words.ts';

/**
 * What a text asks for, in English or Chinese, read against the words of the catalogue: at once, by rules. Never throws: what
 * cannot be read stands in `unknown`. Of a longer text only the first `LIMITS.queryChars` characters are read.
 */
export function parseIntent(query: string, lexicon: Lexicon): Intent {
  const { priceMin, priceMax, rest, unknown: noPrices } = readPrices(spellOut(query), lexicon.hasPrices);
  const text = new Remainder(rest);

  const notFirst = text.cut(NOT_FIRST).flatMap(wordsOf);
  const sort = SORTS.find(({ cue }) => text.cut(cue).length > 0)?.sort;
  const fresh = text.cut(FRESH).length > 0;
  text.cut(LIKE_FILLER);
  const like: string[] = [];
  text.replace(LIKE, (phrase) => {
    const found = lexicon.findTitle(phrase);
    if (!found) return phrase;
    like.push(found.id);
    return found.rest;
  });

  const { wanted, denied } = splitClauses(text.text);
  const about = lexicon.known(wanted);
  const purpose = lexicon.known(new Remainder(wanted.join(' | ')).find(PURPOSE).slice(0, 1)).known.join(' ');
  const asksForMore = like.length > 0 || about.known.length + about.unknown.length > 0;
  const excluded = lexicon.exclusions(denied, asksForMore);
  return {
    about: about.known.join(' '),
    include: lexicon.namesIn(wanted),
    exclude: excluded.phrases,
    ...(priceMin !== undefined && { priceMin }),
    ...(priceMax !== undefined && { priceMax }),
    like: [...new Set(like)],
    ...(purpose !== '' && { for: purpose }),
    ...(fresh && { freshness: 'new' }),
    ...(sort && { sort }),
    unknown: [...new Set([...noPrices, ...notFirst, ...about.unknown, ...excluded.unknown, ...signsOf(query)])],
    origin: 'edge',
  };
}

/** What is left of a text while parts of it are read. */
class Remainder {
  text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** Puts in the place of every match what `read` makes of what it captured. */
  replace(pattern: RegExp, read: (captured: string) => string): void {
    this.text = this.text.replace(pattern, (...match) => ` ${read(captureOf(match))} `);
  }

  /** Takes every match out, and returns what they captured. */
  cut(pattern: RegExp): string[] {
    const found = this.find(pattern);
    this.replace(pattern, () => '');
    return found;
  }

  find(pattern: RegExp): string[] {
    return Array.from(this.text.matchAll(pattern), captureOf);
  }
}

/** The first group that took part; of a pattern without groups, the whole match. */
function captureOf(match: readonly unknown[]): string {
  return match.slice(1).find((group) => typeof group === 'string') ?? String(match[0]);
}
