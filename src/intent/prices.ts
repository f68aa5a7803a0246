import { AMOUNT, parseAmount, PRICED } from './amounts.ts';
import { denied, NONE } from './negations.ts';
import { CLAUSE, word } from './patterns.ts';
import { wordsOf } from '../model/words.ts';

export interface Prices {
  readonly priceMin?: number;
  readonly priceMax?: number;
  /** The text without what was read, a bar in the place of each. */
  readonly rest: string;
  /** What looked like a price and could not be one, or not be told. */
  readonly unknown: readonly string[];
}

type Bound = 'range' | 'max' | 'min' | 'about' | 'untold';

/** "About 20" is up to this share above and below. */
const ABOUT_SHARE = 0.25;

const RANGE = [
  String.raw`${word('between|from|price')}\s*${AMOUNT}\s*(?:and|to|[-–—~])\s*${AMOUNT}`,
  String.raw`${AMOUNT}\s*(?:[-–—~到至]|to)\s*${PRICED}`,
  String.raw`${PRICED}\s*(?:[-–—~到至]|to)\s*${AMOUNT}`,
];
const BELOW = [
  String.raw`${word('under|below|less than|fewer than|cheaper than|lower than|at most|up to|maximum(?: of)?|max|within')}\s*${AMOUNT}`,
  String.raw`(?:<=?|低于|少于|最多|不到|小于)\s*${AMOUNT}\s*(?:以[上下内]|之内)?`,
  String.raw`${AMOUNT}\s*(?:or less|or under|or below|or cheaper|at most|max(?:imum)?(?![a-z])|以下|以内|之内|以里|内)`,
];
const ABOVE = [
  String.raw`${word('over|above|more than|dearer than|higher than|exceed(?:s|ing)?|at least|minimum(?: of)?|min|starting at|from')}\s*${AMOUNT}`,
  String.raw`(?:>=?|高于|超过|至少|大于|多于)\s*${AMOUNT}\s*(?:以[上下内]|之内)?`,
  String.raw`${AMOUNT}\s*(?:or more|or over|or above|and up|and over|\+|以上|起)`,
];
const ABOUT = [
  String.raw`${word('about|around|roughly|approximately|circa')}\s*${AMOUNT}|(?:约|大约|大概)\s*${AMOUNT}`,
  String.raw`${AMOUNT}\s*(?:左右|上下)`,
  PRICED,
];

/** What denies prices of some items only, as `no bags over 20`; no bound says so. */
const OF_SOME = String.raw`(?<=(?:^|${CLAUSE})\s*(?:please )?)(?:${word(`${NONE}|stop|less|fewer|too (?:much|many)`)})(?:\s+more)?(?:\s+(?!${word('and|but|with|just|only|instead|more|less|fewer|than|no|not|nothing|without|except')})\p{L}+){1,4}\s+`;

const rule = (bound: Bound, patterns: readonly string[], as = (price: string) => price) => ({
  bound,
  pattern: new RegExp(as(patterns.join('|')), 'gu'),
});

/** In the order in which they are tried; what one has read the next does not see. */
const RULES = [
  rule('untold', RANGE, denied),
  rule('min', BELOW, denied),
  rule('max', ABOVE, denied),
  rule('untold', ABOUT, denied),
  rule('untold', [...RANGE, ...BELOW, ...ABOVE, ...ABOUT], (price) => `${OF_SOME}(?:${price})`),
  rule('range', RANGE),
  rule('max', BELOW),
  rule('min', ABOVE),
  rule('about', ABOUT),
];

/**
 * Finds what a text says of prices, in English and Chinese, and takes it out. `text` is normalised. Where the catalogue has no
 * prices, or what is said cannot be or not be told, the words are reported as unknown.
 */
export function readPrices(text: string, hasPrices: boolean): Prices {
  const phrases: string[] = [];
  const untold: string[] = [];
  const bounds: [number, number][] = [];
  let rest = text;
  for (const { bound, pattern } of RULES) {
    rest = rest.replace(pattern, (...match) => {
      const between = boundsOf(bound, match.slice(1).filter(isNumber).map(parseAmount));
      if (between) bounds.push(between);
      (between ? phrases : untold).push(...wordsOf(match[0]));
      return ' | ';
    });
  }
  const priceMin = Math.max(...bounds.map(([from]) => from));
  const priceMax = Math.min(...bounds.map(([, to]) => to));
  const readable = hasPrices && bounds.length > 0 && priceMin <= priceMax;
  return {
    rest,
    unknown: readable ? untold : [...phrases, ...untold],
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
    case 'untold':
      return undefined;
    case 'about':
      return [first * (1 - ABOUT_SHARE), first * (1 + ABOUT_SHARE)];
  }
}
