import type { Item } from '../domain/item.ts';

/** Accents of Latin and Greek letters; marks of other scripts are parts of their letters. */
const ACCENTS = /[\u0300-\u036f]/g;
/** Runs of scripts that put no space between words, and words of all others. */
const WORDS = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]+|[\p{L}\p{M}\p{N}]+/gu;
const UNSPACED = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]/u;

/** Text in one spelling: compatibility forms, small letters, no accents, no apostrophes. */
export function normalise(text: string): string {
  return text
    .normalize('NFKD')
    .replace(ACCENTS, '')
    .normalize('NFKC')
    .toLowerCase()
    .replace(/['’‘`´]/g, '');
}

/** The words of a text, in order, as they are shown: `Children's TEA-set` -> childrens, tea, set; a run of Chinese is one word. */
export function wordsOf(text: string): string[] {
  return normalise(text).match(WORDS) ?? [];
}

/**
 * What is indexed and looked up of a text. English words lose a plural ending; runs of Chinese and Japanese become pairs of
 * characters, as neither says where a word ends.
 */
export function termsOfText(text: string): string[] {
  return wordsOf(text).flatMap((word) => (UNSPACED.test(word) ? pairs(word) : [singular(word)]));
}

function pairs(run: string): string[] {
  const characters = Array.from(run);
  return characters.length === 1 ? characters : characters.slice(1).map((character, at) => characters[at]! + character);
}

/** Takes off an English plural ending, and none of a singular word (the S-stemmer: Harman, 1991, "How Effective Is Suffixing?"). */
function singular(word: string): string {
  if (word.length < 4 || !word.endsWith('s')) return word;
  if (word.endsWith('ies') && !/[ae]ies$/.test(word)) return `${word.slice(0, -3)}y`;
  if (/(?:x|ch|sh|ss)es$/.test(word)) return word.slice(0, -2);
  return /[uis]s$/.test(word) ? word : word.slice(0, -1);
}

/** What an item is labelled with: its categories, and its attributes that are text. */
export function labelsOf({ categories, attributes }: Item): string[] {
  const values = Object.values(attributes).flatMap((value) =>
    typeof value === 'string' ? [value] : typeof value === 'object' ? [...value] : [],
  );
  return [...categories, ...values];
}
