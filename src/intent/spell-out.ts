import { LIMITS } from '../domain/limits.ts';
import { normalise } from '../model/words.ts';
import { DENY, denied } from './negations.ts';
import { CLAUSE, word } from './patterns.ts';

const BUT = word('but|except(?: for)?|other than|apart from|aside from');
const ALL = word('everything|anything|all');
/** What begins a wish of its own behind "any bag but". */
const WISH = word(
  'not|no|nothing|without|with|i|id|im|it|its|only|just|preferably|please|for|in|like|more|less|under|below|over|above|up to|at|between|around|about',
);
const NOUNS = String.raw`(?:(?!${denied('')}|${word('like')})\p{L}+\s+){1,3}?`;

const rewrite = (pattern: string, as: (words: string) => string) => ({
  pattern: new RegExp(pattern, 'gu'),
  as: (_match: string, words: string) => as(words),
});

/** In this order: `nothing but red` is red, `anything but red` is not, and of `no red except stars` the stars are wanted. */
const REWRITES = [
  rewrite(String.raw`\s-(\p{L}[\p{L}\p{N}]*)`, (words) => ` | ${DENY} ${words} | `),
  rewrite(String.raw`(?:${word('nothing|none')}|${denied('')}${word('anything')})(?:\s+else)?\s+${BUT}`, () => ' | '),
  rewrite(String.raw`${ALL}(?:\s+else)?\s+${BUT}`, () => ` ${DENY} `),
  rewrite(String.raw`(${denied('')}${NOUNS})${word('except(?: for)?')}`, (denial) => `${denial} | `),
  rewrite(String.raw`${word('rather')}\s+(${NOUNS})${word('than')}`, (words) => ` | ${words} ${DENY} `),
  rewrite(String.raw`${word('any|every|each|all')}\s+(${NOUNS})${word('but')}(?!\s*(?:${WISH}|[|\d]))`, (words) => ` ${words} ${DENY} `),
  rewrite(String.raw`除了((?:(?!${CLAUSE}).)+?)(?:(?:以外|之外)的?|(?=${CLAUSE}|都|$))(?:都(?:可以|行|要|好)?)?`, denyWhole),
  rewrite(String.raw`(?<=^|\s|${CLAUSE})((?:(?!${CLAUSE})\S)+?)[就都我]?(?:不要|不想要|不需要|不喜欢)了?(?=\s*(?:${CLAUSE}|$))`, denyWhole),
];

/**
 * Writes exceptions, and denials that stand behind what they deny, as what denies what follows: `-red`, `any bag but red`,
 * `除了红色以外`, `红色的不要`. What reads on has one kind of negation to know.
 * Normalised; of a longer text only the first `LIMITS.queryChars` characters.
 */
export function spellOut(text: string): string {
  return REWRITES.reduce((all, { pattern, as }) => all.replace(pattern, as), normalise(` ${text.slice(0, LIMITS.queryChars)} `));
}

/** 的 within is no end of what is denied. */
function denyWhole(words: string): string {
  return ` | ${DENY} ${words.replaceAll('的', ' ')} | `;
}
