import type { Wish } from '../domain/critique.ts';
import { splitClauses } from './clauses.ts';
import { NOT_DEAR } from './cues.ts';
import type { Lexicon } from './lexicon.ts';
import { readPrices } from './prices.ts';
import { signsOf } from './signs.ts';
import { spellOut } from './spell-out.ts';
import { WEIGHTS } from './weights.ts';
import { wordsOf } from '../model/words.ts';

/**
 * What a critique wishes, in English or Chinese: "less Christmas, more for the garden, under £5" is three wishes. What is merely
 * named is wished for. Never throws: what the catalogue has no word for stands in `unknown`.
 */
export function parseCritique(text: string, lexicon: Lexicon): { wishes: Wish[]; unknown: string[] } {
  const { priceMin, priceMax, rest, unknown: noPrices } = readPrices(spellOut(text), lexicon.hasPrices);
  // No wish says "cheaper" without a price.
  const cheaper = (rest.match(NOT_DEAR) ?? []).flatMap(wordsOf);
  const weighed = WEIGHTS.reduce((part, { cue, as }) => part.replace(cue, as), rest.replace(NOT_DEAR, ' '));
  const { wanted, denied } = splitClauses(weighed);
  const more = wanted.map((part) => lexicon.known([part]));
  const less = denied.map((part) => lexicon.known([part]));
  const wishes: Wish[] = [
    ...wordWishes('less', less),
    ...wordWishes('more', more),
    ...(priceMin === undefined && priceMax === undefined
      ? []
      : [{ kind: 'price' as const, ...(priceMin !== undefined && { priceMin }), ...(priceMax !== undefined && { priceMax }) }]),
  ];
  return {
    wishes,
    unknown: [...new Set([...noPrices, ...cheaper, ...[...more, ...less].flatMap(({ unknown: words }) => words), ...signsOf(text)])],
  };
}

function wordWishes(kind: 'more' | 'less', parts: readonly { readonly known: readonly string[] }[]): Wish[] {
  const words = new Set(parts.map(({ known }) => known.join(' ')));
  words.delete('');
  return Array.from(words, (phrase) => ({ kind, words: phrase }));
}
