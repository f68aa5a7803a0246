import type { Wish } from '../../domain/critique.ts';
import type { Intent, Reading } from '../../domain/intent.ts';
import type { Lexicon } from '../lexicon.ts';

/** What is left of a reading when it is held against a catalogue, and how many parts of it had to be dropped. */
interface Grounded<T> {
  readonly meant: T;
  readonly dropped: number;
}

/**
 * A query as a language model read it, in words of the catalogue. What the rules read as a condition stays one: the reading adds to what may not
 * be in the answer and takes nothing away, and prices are the rules' wherever they found any. A reading that says nothing the
 * catalogue has leaves the intent as the rules read it.
 */
export function groundQuery(reading: Reading, edge: Intent, lexicon: Lexicon): Grounded<Intent> {
  const about = lexicon.known(reading.about);
  const include = reading.include.map((name) => lexicon.namesIn([name]));
  const excluded = lexicon.exclusions(reading.exclude);
  const like = reading.like.map((title) => lexicon.findTitle(title)?.id);
  const purpose = lexicon.known(reading.for === undefined ? [] : [reading.for]);
  const prices = pricesOf(edge) ?? pricesOf(reading, lexicon);
  const dropped = [...about.unknown, ...excluded.unknown, ...purpose.unknown].length + countOf(include, isEmpty) + countOf(like, isMissing);
  const names = [...new Set([...edge.like, ...like.filter((id) => id !== undefined)])];
  if (about.known.length === 0 && names.length === 0) return { meant: edge, dropped };
  const sort = reading.sort ?? edge.sort;
  const freshness = reading.freshness ?? edge.freshness;
  return {
    meant: {
      about: about.known.join(' '),
      include: [...new Set(include.flat())],
      exclude: [...new Set([...edge.exclude, ...excluded.phrases])],
      ...prices,
      like: names,
      ...(purpose.known.length > 0 && { for: purpose.known.join(' ') }),
      ...(freshness && { freshness }),
      ...(sort && { sort }),
      unknown: [],
      origin: 'llm',
    },
    dropped,
  };
}

/** A critique as a language model read it: its wishes in words of the catalogue, with the prices of the rules where they found any. */
export function groundCritique(reading: Reading, edge: readonly Wish[], lexicon: Lexicon): Grounded<readonly Wish[]> {
  const more = [...reading.about, ...reading.include].map((phrase) => lexicon.known([phrase]));
  const less = reading.exclude.map((phrase) => lexicon.known([phrase]));
  const like = reading.like.map((title) => lexicon.findTitle(title)?.id);
  const prices = pricesOf(reading, lexicon);
  const price = edge.find((wish) => wish.kind === 'price') ?? (prices && ({ kind: 'price', ...prices } as const));
  const unknown = [...more, ...less].reduce((sum, part) => sum + part.unknown.length, 0);
  return {
    meant: [
      ...phrasesOf(less).map((words) => ({ kind: 'less' as const, words })),
      ...phrasesOf(more).map((words) => ({ kind: 'more' as const, words })),
      ...like.flatMap((item) => (item === undefined ? [] : { kind: 'more-like-this' as const, item })),
      ...(price ? [price] : []),
    ],
    dropped: unknown + countOf(like, isMissing),
  };
}

/** Undefined where none are said, they contradict each other, or the catalogue has none. */
function pricesOf({ priceMin, priceMax }: Pick<Reading, 'priceMin' | 'priceMax'>, { hasPrices } = { hasPrices: true }) {
  if (!hasPrices || (priceMin === undefined && priceMax === undefined) || (priceMin ?? 0) > (priceMax ?? Infinity)) return undefined;
  return { ...(priceMin !== undefined && { priceMin }), ...(priceMax !== undefined && { priceMax }) };
}

function phrasesOf(parts: readonly { readonly known: readonly string[] }[]): string[] {
  return [...new Set(parts.map(({ known }) => known.join(' ')))].filter((phrase) => phrase !== '');
}

const isEmpty = (list: readonly unknown[]) => list.length === 0;
const isMissing = (value: unknown) => value === undefined;
const countOf = <T>(list: readonly T[], is: (value: T) => boolean) => list.filter(is).length;
