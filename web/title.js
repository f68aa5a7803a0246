// @ts-check

const SMALL_WORDS = new Set([
  'a',
  'an',
  'and',
  'as',
  'at',
  'by',
  'cm',
  'for',
  'from',
  'in',
  'of',
  'on',
  'or',
  'pc',
  'pcs',
  'the',
  'to',
  'w',
  'with',
]);
const INITIALISMS = new Set(['BBQ', 'CD', 'DIY', 'DVD', 'LED', 'TV', 'UK', 'USA', 'VIP', 'WC', 'XL']);
const SHOUTED_SHARE = 0.7;

const price = new Intl.NumberFormat('en-GB', { style: 'currency', currency: 'GBP' });

/** @param {number} pounds */
export function formatPrice(pounds) {
  return price.format(pounds);
}

/**
 * A title in capitals as one would write it: `WHITE HANGING HEART T-LIGHT HOLDER` → `White Hanging Heart T-Light Holder`.
 * Titles that are not shouted keep their own case.
 *
 * @param {string} title
 */
export function titleCase(title) {
  const tidy = title.replace(/\s+/g, ' ').trim();
  return isShouted(tidy) ? tidy.replace(/[\s.,]+$/, '').replace(/[\p{L}\p{N}']+/gu, wordCase) : tidy;
}

/**
 * @param {string} word
 * @param {number} offset
 */
function wordCase(word, offset) {
  const lower = word.toLowerCase();
  if (INITIALISMS.has(word)) return word;
  if (/^\p{N}/u.test(word)) return lower; // 40CM, 70'S, 1ST
  if (offset > 0 && SMALL_WORDS.has(lower)) return lower;
  // 'HOME → 'Home, D'AMOUR → D'Amour, but CHILDREN'S → Children's
  return lower.replace(/^(')?(\p{L}'(?=\p{L}{2}))?\p{L}/u, (start) => start.toUpperCase());
}

/** @param {string} title */
function isShouted(title) {
  const letters = title.match(/\p{L}/gu) ?? [];
  const capitals = title.match(/\p{Lu}/gu) ?? [];
  return letters.length > 0 && capitals.length >= SHOUTED_SHARE * letters.length;
}
