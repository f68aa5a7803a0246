import { LIMITS } from '../../domain/limits.ts';
import { findBlemish } from '../../domain/plain.ts';
import { normalise } from '../../model/words.ts';

/** Numbers of cards, orders and telephones, and codes of letters and digits; money is no reason to keep a text back. */
const PRIVATE = /\d{5,}|(?=[a-z]*\d)(?=\d*[a-z])[a-z\d]{8,}/;
const MONEY = /[\p{Sc}%％]/gu;
const INSIGNIFICANT = /[^\p{L}\p{M}\p{N}£$€¥.,]+/gu;

/**
 * A query or critique in the one spelling in which it is put before a language model and its reading kept for everybody who
 * says the same. Undefined where it may not be: too long, an order or a link, or with an address or a number that may be somebody's.
 */
export function sharedText(text: string): string | undefined {
  if (text.length > LIMITS.queryChars || findBlemish(text.replace(MONEY, ' ')) !== undefined) return undefined;
  const shared = normalise(text)
    .replace(INSIGNIFICANT, ' ')
    .replace(/[.,](?=\s|$)/g, (sign) => (sign === ',' ? ',' : ''))
    .replace(/\s+/g, ' ')
    .replace(/^[\s,]+|[\s,]+$/g, '');
  const words = shared.split(' ').length;
  return shared === '' || words > LIMITS.sharedWords || PRIVATE.test(shared) ? undefined : shared;
}
