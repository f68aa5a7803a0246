import * as v from 'valibot';
import { defined } from '../../domain/defined.ts';
import { INTENT_SORTS, type Reading } from '../../domain/intent.ts';
import { LIMITS } from '../../domain/limits.ts';

const orNull = (type: string) => ({ type: [type, 'null'] });
const phrases = { type: 'array', items: { type: 'string' }, maxItems: LIMITS.readingPhrases };

/** What is asked for. Strict schemas want every field: what is not said is null. */
export const READING_SCHEMA = {
  name: 'reading',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['about', 'include', 'exclude', 'like', 'for', 'priceMin', 'priceMax', 'freshness', 'sort'],
    properties: {
      about: phrases,
      include: phrases,
      exclude: phrases,
      like: phrases,
      for: orNull('string'),
      priceMin: orNull('number'),
      priceMax: orNull('number'),
      freshness: { type: ['string', 'null'], enum: ['new', null] },
      sort: { type: ['string', 'null'], enum: [...INTENT_SORTS, null] },
    },
  },
};

const Phrase = v.pipe(
  v.string(),
  v.transform((text) => text.slice(0, LIMITS.readingPhraseChars)),
);
const Phrases = v.pipe(
  v.nullish(v.array(Phrase), []),
  v.transform((all) => all.slice(0, LIMITS.readingPhrases)),
);
const Price = v.nullish(v.pipe(v.number(), v.minValue(0), v.maxValue(LIMITS.readingPrice)));

const Answer = v.object({
  about: Phrases,
  include: Phrases,
  exclude: Phrases,
  like: Phrases,
  for: v.nullish(Phrase),
  priceMin: Price,
  priceMax: Price,
  freshness: v.nullish(v.literal('new')),
  sort: v.nullish(v.picklist(INTENT_SORTS)),
});

/** A reading out of what a language model answered, or what was kept of it; longer lists and phrases are cut. Throws where it is none. */
export function parseReading(value: unknown): Reading {
  const { about, include, exclude, like, ...rest } = v.parse(Answer, value);
  const said = Object.fromEntries(Object.entries(rest).map(([name, field]) => [name, field ?? undefined]));
  return { about, include, exclude, like, ...defined(said as Partial<Reading>) };
}
