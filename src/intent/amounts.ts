/** Regular expressions for sums of money, as parts to be joined. They read normalised text (see `normalise`). */

const CURRENCY_BEFORE = '(?:[£$€¥₹]|gbp|usd|eur|rmb|cny)';
const CURRENCY_AFTER = '(?:[£$€¥₹]|gbp|usd|eur|rmb|cny|pounds?|dollars?|euros?|quid|bucks|元|块钱?|镑|英镑|美元|欧元|人民币)';
/** What turns a number into a size, a count or an age. */
const UNIT =
  '(?:cm|mm|m|km|ml|l|g|kg|oz|lbs?|in|inch(?:es)?|ft|"|%|pcs?|pieces?|packs?|sets?|items?|years?|months?|weeks?|days?|hours?|hrs?|mins?|minutes?|people|persons?|x|th|s|岁|个|件|厘米|年|月|天|人)';
const NUMBER = String.raw`\d+(?:[.,]\d+)*`;

/** A sum with its currency. Groups: the number, with the currency before it or after it. */
export const PRICED = String.raw`(?:${CURRENCY_BEFORE}\s*(${NUMBER})(?![\d.,]*\d)(?:\s*${CURRENCY_AFTER})?|(?<![\d.,])(${NUMBER})\s*${CURRENCY_AFTER}(?![a-z\d]))`;

/** A sum with or without a currency, as after "under". Group: the number. Not a size, a count or an age: `under 20 cm`. */
export const AMOUNT = String.raw`${CURRENCY_BEFORE}?\s*(${NUMBER})(?:\s*${CURRENCY_AFTER}(?![a-z])|(?!\d|[.,]\d|\s*${UNIT}(?![a-z])|[a-z]))`;

/**
 * The number that is written: a comma or point with three digits behind it parts thousands if it is a comma, decimals come after
 * either. Undefined where both readings are usual: `1.000`.
 */
export function parseAmount(text: string): number | undefined {
  if (/^\d{1,3}(?:,\d{3})+(?:\.\d+)?$/.test(text)) return Number(text.replaceAll(',', ''));
  if (/^\d{1,3}(?:\.\d{3})+,\d+$/.test(text)) return Number(text.replaceAll('.', '').replace(',', '.'));
  if (/^\d{1,3}(?:\.\d{3})+$/.test(text)) return undefined;
  return /^\d+(?:[.,]\d+)?$/.test(text) ? Number(text.replace(',', '.')) : undefined;
}
