import type { Lexicon } from '../lexicon.ts';

/** Whether the rules may have misread a text: it has words that the catalogue does not have, or a phrase whose words no item has together. */
export function isDoubtful(unknown: readonly string[], phrases: readonly string[], lexicon: Lexicon): boolean {
  return unknown.length > 0 || phrases.some((phrase) => phrase !== '' && lexicon.index.containing(phrase).length === 0);
}
