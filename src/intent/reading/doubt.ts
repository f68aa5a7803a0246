import { LIMITS } from '../../domain/limits.ts';
import { wordsOf } from '../../model/words.ts';

/** Whether the rules may have misread a text: it has words that the catalogue does not have, or a phrase so long that it is a sentence. */
export function isDoubtful(unknown: readonly string[], phrases: readonly string[]): boolean {
  return unknown.length > 0 || phrases.some((phrase) => wordsOf(phrase).length > LIMITS.plainQueryWords);
}
