import { AMOUNT, parseAmount, PRICED } from './amounts.ts';
import { wordsOf } from '../model/words.ts';

export interface Prices {
  readonly priceMin?: number;
  readonly priceMax?: number;
  /** The text without what was read, a bar in the place of each. */
  readonly rest: string;
  /** What looked like a price and could not be one. */
  readonly unknown: readonly string[];
}

type Bound = 'range' | 'max' | 'min' | 'about';

/** "About 20" is up to this share above and below. */
const ABOUT_SHARE = 0.25;

const rule = (bound: Bound, ...patterns: string[]): { bound: Bound; pattern: RegExp } => ({
  bound,
  pattern: new RegExp(patterns.join('|'), 'gu'),
});
const word = (words: string) => String.raw`(?<![\p{L}\p{N}])(?:${words})\s*`;

/** In the order in which they are tried; what one has read the next does not see. */
const RULES = [
  rule(
    'range',
    String.raw`${word('between|from|price')}${AMOUNT}\s*(?:and|to|[-–—~])\s*${AMOUNT}`,
    String.raw`${AMOUNT}\s*(?:[-–—~到至]|to)\s*${PRICED}`,
    String.raw`${PRICED}\s*(?:[-–—~到至]|to)\s*${AMOUNT}`,
  ),
  rule(
    'max',
    String.raw`${word('under|below|less than|cheaper than|lower than|at most|up to|no more than|not more than|not over|maximum(?: of)?|max|within')}${AMOUNT}`,
    String.raw`(?:<=?|低于|少于|不超过|不高于|最多|不到|小于)\s*${AMOUNT}\s*(?:以下|以内|之内)?`,
    String.raw`${AMOUNT}\s*(?:or less|or under|or below|or cheaper|at most|max(?:imum)?(?![a-z])|以下|以内|之内|以里|内)`,
  ),
  rule(
    'min',
    String.raw`${word('over|above|more than|dearer than|at least|no less than|not less than|minimum(?: of)?|min|starting at|from')}${AMOUNT}`,
    String.raw`(?:>=?|高于|超过|至少|不低于|大于|多于)\s*${AMOUNT}\s*(?:以上)?`,
    String.raw`${AMOUNT}\s*(?:or more|or over|or above|and up|and over|\+|以上|起)`,
  ),
  rule(
    'about',
    String.raw`${word('about|around|roughly|approximately|circa')}${AMOUNT}|(?:约|大约|大概)\s*${AMOUNT}`,
    String.raw`${AMOUNT}\s*(?:左右|上下)`,
    PRICED,
  ),
];

/**
 * Finds what a text says of prices, in English and Chinese, and takes it out. `text` is normalised. Where the catalogue has no
 * prices, or what is said cannot be, the words are reported as unknown.
 */
export function readPrices(text: string, hasPrices: boolean): Prices {
  const phrases: string[] = [];
  const bounds: [number, number][] = [];
  let rest = text;
  for (const { bound, pattern } of RULES) {
    rest = rest.replace(pattern, (...match) => {
      phrases.push(...wordsOf(match[0]));
      const between = boundsOf(bound, match.slice(1).filter(isNumber).map(parseAmount));
      if (between) bounds.push(between);
      return ' | ';
    });
  }
  const priceMin = Math.max(...bounds.map(([from]) => from));
  const priceMax = Math.min(...bounds.map(([, to]) => to));
  const readable = hasPrices && bounds.length > 0 && priceMin <= priceMax;
  return {
    rest,
    unknown: readable ? [] : phrases,
    ...(readable && priceMin > -Infinity && { priceMin }),
    ...(readable && priceMax < Infinity && { priceMax }),
  };
}

/** The groups of a match that took part are numbers; its other arguments are not texts, or not only digits. */
const isNumber = (argument: unknown, at: number, all: readonly unknown[]): argument is string =>
  typeof argument === 'string' && at < all.length - 1 && /^\d/.test(argument);

function boundsOf(bound: Bound, [first, second]: readonly (number | undefined)[]): [number, number] | undefined {
  if (first === undefined) return undefined;
  switch (bound) {
    case 'range':
      return second === undefined ? undefined : [Math.min(first, second), Math.max(first, second)];
    case 'max':
      return [-Infinity, first];
    case 'min':
      return [first, Infinity];
    case 'about':
      return [first * (1 - ABOUT_SHARE), first * (1 + ABOUT_SHARE)];
  }
}
