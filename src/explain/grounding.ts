import { LIMITS } from '../domain/limits.ts';
import type { Locale } from '../domain/locale.ts';
import type { Facts } from '../domain/facts.ts';
import type { Brief } from './brief.ts';
import { isOfLanguage } from './language.ts';
import { findBlemish, type Blemish } from '../domain/plain.ts';

/** What is wrong with a text: it is none, too long, promises something, or brings in what nobody told it of. */
export type Breach = Blemish | 'empty' | 'long' | 'claim' | 'number' | 'name' | 'language';

/** Prices, discounts, stock, delivery: what is true today only, and not of our knowledge. */
const CLAIM = new RegExp(
  [
    String.raw`\b(?:pric\w*|cheap\w*|discount\w*|sale|offer\w*|bargain\w*|afford\w*|deals?|stock\w*|available|availab\w*|free|shipping|deliver\w*|guarantee\w*|refund\w*|best-?sell\w*)\b`,
    String.raw`\b(?:preis\w*|billig\w*|günstig\w*|rabatt\w*|angebot\w*|lager\w*|vorrat|vorrätig|verfügbar\w*|gratis|kostenlos\w*|versand\w*|liefer\w*)(?!\p{L})`,
    String.raw`\b(?:prix|promo\w*|solde\w*|remise\w*|disponib\w*|gratuit\w*|livraison\w*|bon marché)(?!\p{L})`,
    String.raw`\b(?:precio\w*|barat\w*|descuento\w*|oferta\w*|rebaja\w*|existencias|envío\w*)(?!\p{L})`,
    '价格|便宜|折扣|优惠|促销|库存|有货|现货|包邮|免费|降价|特价',
    '価格|値段|安い|割引|セール|在庫|送料|無料|お得|特価',
  ].join('|'),
  'iu',
);
/** Quotes stand around names. */
const QUOTED = /["“”„«»「」『』《》]/u;
/** Names, in languages that write only these with capitals, are words with one that begin no sentence; everywhere, words of capitals alone. */
const CAPITALISED = /(?<=[\p{Ll}\d,;:]\s)\p{Lu}[\p{L}’'-]+/gu;
const CAPITALS = /\p{Lu}{3,}/gu;
const LATIN_WORD = /\p{sc=Latin}{2,}/gu;
const CAPITALISES_NAMES: ReadonlySet<Locale> = new Set(['en', 'fr', 'es']);

/** What a text may say. */
export interface Ground {
  readonly locale: Locale;
  /** Items whose titles may stand in it as they are, and whose words may. */
  readonly given: readonly Facts[];
  /** What was said before, whose words may be used again. */
  readonly said?: readonly string[];
  readonly charsMax: number;
}

export function groundOf({ reference: { locale }, item, because }: Brief): Ground {
  return { locale, given: [item, ...because], charsMax: LIMITS.explanationChars };
}

/**
 * The first thing that a text says and may not, or undefined. `whole`: whether it is all of it; what is not yet
 * may be of no language and still has to end. Given titles may stand in it as they are; nothing else may that was not given.
 */
export function findBreach(text: string, { locale, given, said = [], charsMax }: Ground, whole: boolean): Breach | undefined {
  if (whole && text.trim() === '') return 'empty';
  if (text.length > charsMax) return 'long';
  const blemish = findBlemish(text);
  if (blemish) return blemish;
  const rest = withoutTitles(text, given);
  if (CLAIM.test(rest)) return 'claim';
  const known = wordsOf(given, said);
  if ((rest.match(/\p{N}+/gu) ?? []).some((number) => !known.has(number))) return 'number';
  if (QUOTED.test(rest) || namesIn(rest, locale).some((name) => !isKnown(name, known))) return 'name';
  return whole && !isOfLanguage(rest, locale) ? 'language' : undefined;
}

function namesIn(text: string, locale: Locale): string[] {
  const patterns = CAPITALISES_NAMES.has(locale) ? [CAPITALS, CAPITALISED] : locale === 'de' ? [CAPITALS] : [LATIN_WORD];
  return patterns.flatMap((pattern) => text.match(pattern) ?? []);
}

/** Longer titles first: one may hold another. */
function withoutTitles(text: string, given: readonly Facts[]): string {
  const titles = given.map(({ title }) => title.trim()).sort((a, b) => b.length - a.length);
  return titles.reduce(
    (rest, title) =>
      rest.replace(
        new RegExp(
          title.replace(/[^\p{L}\p{N}\s]/gu, (sign) => `\\u{${sign.codePointAt(0)!.toString(16)}}`),
          'giu',
        ),
        ' … ',
      ),
    text,
  );
}

function wordsOf(given: readonly Facts[], said: readonly string[]): Set<string> {
  const texts = given.flatMap(({ title, categories, attributes }) => [title, ...categories, ...Object.entries(attributes).flat()]);
  return new Set(
    [...texts, ...said]
      .join(' ')
      .toLowerCase()
      .match(/[\p{L}]+|\p{N}+/gu),
  );
}

function isKnown(name: string, known: ReadonlySet<string>): boolean {
  const parts = name.toLowerCase().match(/\p{L}+/gu) ?? [];
  return parts.every((part) => known.has(part) || known.has(part.replace(/s$/, '')) || known.has(`${part}s`));
}
