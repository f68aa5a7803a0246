// @ts-check
import { element } from './dom.js';

/**
 * The catalogue has no pictures, but its titles name colours and patterns. A swatch is the wrapping paper that a title asks for, so
 * products of one family look like one. `swatches.css` holds the looks; here words choose among them, the first row that matches wins.
 *
 * @typedef {readonly (readonly [look: string, words: RegExp])[]} Lexicon
 */

/** @type {Lexicon} */
const COLOURS = [
  ['red', /\b(red|scarlet|ruby|crimson)\b/],
  ['pink', /\b(pink|fuschia|fuchsia|raspberry|magenta)\b/],
  ['blue', /\b(blue|cobalt|denim)\b/],
  ['green', /\b(green|olive|emerald|lime)\b/],
  ['ivory', /\b(ivory|cream|beige|natural)\b/],
  ['black', /\b(black|charcoal|jet|midnight)\b/],
  ['purple', /\b(purple|amethyst|violet|lavender|lilac|plum)\b/],
  ['yellow', /\b(yellow|gold|golden|amber|lemon|honey|brass|copper)\b/],
  ['orange', /\b(orange|tangerine|peach|coral|terracotta)\b/],
  ['teal', /\b(turquoise|turq|teal|aqua|mint)\b/],
  ['brown', /\b(brown|chocolate|coffee|wood|wooden|wicker|oak|mocha|rustic)\b/],
  ['white', /\b(white|pearl|opal|snow)\b/],
  ['steel', /\b(silver|zinc|grey|gray|metal|iron|steel|aluminium)\b/],
  // No colour named: what the subject suggests.
  ['red', /\b(retrospot|strawberry|cherry|keep calm|toadstool|santa|poppy)\b/],
  ['pink', /\b(rose|roses|dolly girl|babushka|sweetheart|love|cake|cakes|paisley|fairy)\b/],
  ['blue', /\b(spaceboy|union|sailor|beach|suki|blueberry|porcelain|water|sea)\b/],
  ['green', /\b(woodland|garden|herb|apple|apples|pear|pears|tree|leaf|botanical|christmas|jungle|kitchen|reindeer|frog)\b/],
  ['orange', /\b(circus|carnival|feltcraft|fox|pumpkin)\b/],
  ['yellow', /\b(easter|chick|daisy|sun|sunflower|bee)\b/],
  ['black', /\b(skull|skulls|gothic|blackboard|chalk|chalkboard)\b/],
  ['teal', /\b(regency|glass|crystal|bathroom|parisienne|parisian)\b/],
  ['ivory', /\b(antique|lace|vintage|doily|doiley|paper|french|bread|alarm)\b/],
];

/** @type {Lexicon} */
const PATTERNS = [
  ['spots', /\b(retrospot|polkadots?|dotcomgiftshop|spots?|spotty|dots?)\b/],
  ['gingham', /\b(gingham|tartan|checks?|checked|patchwork|naughts|picnic)\b/],
  ['stripes', /\b(stripes?|striped|stripey|deckchair|union|circus|beach)\b/],
  ['paisley', /\b(paisley|drops?|hot water)\b/],
  ['hearts', /\b(hearts?|love|sweethearts?|valentine)\b/],
  ['stars', /\b(stars?|spaceboy|rocket|magic)\b/],
  ['snow', /\b(christmas|snow|snowflakes?|noel|santa|reindeer|advent)\b/],
  ['birds', /\b(birds?|doves?|owls?|hens?|chicks?|robins?|partridge|swallows?|ducks?|peacock|lovebirds?)\b/],
  ['flowers', /\b(flowers?|floral|roses?|dais(y|ies)|popp(y|ies)|blossom|lily|tulips?|regency|suki|babushka|dolly|sunflower)\b/],
  ['leaves', /\b(lea(f|ves)|woodland|trees?|garden|herbs?|botanical|ivy|jungle|apples?|pears?|vine)\b/],
  ['rings', /\b(lights?|candles?|lanterns?|lamps?|clocks?|rings?|mirrors?|plates?|hoops?|coasters?)\b/],
  ['scallops', /\b(cakes?|cakestand|cupcakes?|fairy|doil(y|ies)|doileys?|lace|party|bunting|parasols?)\b/],
  ['waves', /\b(tea|mugs?|cups?|teacup|coffee|soap|bath|bathroom|water|jug|bottles?)\b/],
  ['diamonds', /\b(crystal|diamante|skulls?|glass|jewel|necklaces?|bracelets?|earrings?|bead(s|ed)?|chess)\b/],
];

const OTHER_COLOURS = ['teal', 'ivory', 'blue', 'steel', 'pink', 'green', 'orange', 'yellow'];
const OTHER_PATTERNS = ['stripes', 'diagonals', 'scallops', 'diamonds', 'waves', 'grid'];
/** Within a family, so that a wall of one pattern stays lively. */
const SCALES = ['fine', 'plain', 'bold'];

/**
 * @param {string} title
 * @returns {HTMLSpanElement} decoration only: it says nothing that the title does not
 */
export function swatch(title) {
  const words = title.toLowerCase();
  const chance = hash(words);
  return element('span', {
    class: 'swatch',
    'aria-hidden': 'true',
    'data-colour': lookUp(COLOURS, words) ?? OTHER_COLOURS[chance % OTHER_COLOURS.length] ?? '',
    'data-pattern': lookUp(PATTERNS, words) ?? OTHER_PATTERNS[chance % OTHER_PATTERNS.length] ?? '',
    'data-scale': SCALES[chance % SCALES.length] ?? '',
  });
}

/**
 * @param {Lexicon} lexicon
 * @param {string} words
 */
function lookUp(lexicon, words) {
  return lexicon.find(([, pattern]) => pattern.test(words))?.[0];
}

/**
 * FNV-1a: the same title always wears the same paper.
 *
 * @param {string} words
 * @returns {number} 32 bits
 */
function hash(words) {
  let mixed = 0x811c9dc5;
  for (let at = 0; at < words.length; at++) mixed = Math.imul(mixed ^ words.charCodeAt(at), 0x01000193);
  return mixed >>> 0;
}
