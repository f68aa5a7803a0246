import type { Wish } from '../domain/critique.ts';
import { LIMITS } from '../domain/limits.ts';
import { splitClauses } from './clauses.ts';
import { LESS, MORE } from './cues.ts';
import type { Lexicon } from './lexicon.ts';
import { readPrices } from './prices.ts';
import { normalise } from '../model/words.ts';

/**
 * What a critique wishes, in English or Chinese: "less Christmas, more for the garden, under £5" is three wishes. What is merely
 * named is wished for. Never throws: what the catalogue has no word for stands in `unknown`.
 */
export function parseCritique(text: string, lexicon: Lexicon): { wishes: Wish[]; unknown: string[] } {
  const { priceMin, priceMax, rest, unknown: noPrices } = readPrices(normalise(` ${text.slice(0, LIMITS.queryChars)} `), lexicon.hasPrices);
  // "Less" denies as "without" does, only not wholly; "more" begins a clause of its own.
  const { wanted, denied } = splitClauses(rest.replace(LESS, ' | without ').replace(MORE, ' | '));
  const more = wanted.map((part) => lexicon.known([part]));
  const less = denied.map((part) => lexicon.known([part]));
  const wishes: Wish[] = [
    ...wordWishes('less', less),
    ...wordWishes('more', more),
    ...(priceMin === undefined && priceMax === undefined
      ? []
      : [{ kind: 'price' as const, ...(priceMin !== undefined && { priceMin }), ...(priceMax !== undefined && { priceMax }) }]),
  ];
  return { wishes, unknown: [...new Set([...noPrices, ...[...more, ...less].flatMap(({ unknown }) => unknown)])] };
}

function wordWishes(kind: 'more' | 'less', parts: readonly { readonly known: readonly string[] }[]): Wish[] {
  const words = new Set(parts.map(({ known }) => known.join(' ')));
  words.delete('');
  return Array.from(words, (phrase) => ({ kind, words: phrase }));
}
