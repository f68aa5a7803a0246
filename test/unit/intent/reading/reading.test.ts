import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Reading } from '../../../../src/domain/intent.ts';
import { ModelUnavailable, type JsonRequest, type LanguageModel } from '../../../../src/domain/language-model.ts';
import { LIMITS } from '../../../../src/domain/limits.ts';
import { Lexicon } from '../../../../src/intent/lexicon.ts';
import { parseIntent } from '../../../../src/intent/parse.ts';
import { isDoubtful } from '../../../../src/intent/reading/doubt.ts';
import { readingErrand, type ReadingEvent } from '../../../../src/intent/reading/errand.ts';
import { groundCritique, groundQuery } from '../../../../src/intent/reading/ground.ts';
import { offerOf } from '../../../../src/intent/reading/offer.ts';
import { keyOf } from '../../../../src/intent/reading/key.ts';
import { promptFor } from '../../../../src/intent/reading/prompt.ts';
import { parseReading, READING_SCHEMA } from '../../../../src/intent/reading/schema.ts';
import type { Task } from '../../../../src/intent/reading/task.ts';
import { ABUSE } from '../../../fixtures/abuse.ts';
import { INJECTIONS } from '../../../fixtures/injections.ts';
import { makeShop } from '../../../fixtures/shop.ts';

const { items } = makeShop();
const lexicon = new Lexicon(items);
const NOTHING: Reading = { about: [], include: [], exclude: [], like: [] };
const TASK: Task = { kind: 'query', tenant: 'default', text: 'a cuppa', locale: 'en', ...offerOf(items) };
const ground = (query: string, reading: Partial<Reading>) => groundQuery({ ...NOTHING, ...reading }, parseIntent(query, lexicon), lexicon);

describe('a reading of a query', () => {
  test('counts as far as the catalogue has its words, names and titles; the rest is dropped and counted', () => {
    expect(
      ground('a cuppa', {
        about: ['mugs', 'teapot'],
        include: ['Gift', 'Crockery'],
        exclude: ['bags', 'plastic'],
        like: ['mugs number 3', 'MOON ROCKET'],
        for: 'gift',
        priceMax: 8,
        freshness: 'new',
        sort: 'cheapest',
      }),
    ).toEqual({
      meant: {
        about: 'mugs',
        include: ['gift'],
        exclude: ['bags'],
        priceMax: 8,
        like: ['i3'],
        for: 'gift',
        freshness: 'new',
        sort: 'cheapest',
        unknown: [],
        origin: 'llm',
      },
      dropped: 4,
    });
  });

  test('takes no condition away that the rules have read', () => {
    const { meant } = ground('cuppa without bags under 5', { about: ['mugs'], exclude: ['lights'], priceMax: 500 });
    expect(meant).toMatchObject({ about: 'mugs', exclude: ['bags', 'lights'], priceMax: 5, origin: 'llm' });
  });

  test('that says nothing the catalogue has leaves the query as the rules read it', () => {
    const edge = parseIntent('zzz under 5', lexicon);
    expect(ground('zzz under 5', { about: ['teapot'], priceMax: 1 })).toEqual({ meant: edge, dropped: 1 });
  });

  test('names prices that can be, and only where the catalogue has some', () => {
    expect(ground('cuppa', { about: ['mugs'], priceMin: 9, priceMax: 3 }).meant).not.toHaveProperty('priceMax');
    const priceless = new Lexicon(items.map(({ price: _price, ...item }) => item));
    const { meant } = groundQuery({ ...NOTHING, about: ['mugs'], priceMax: 3 }, parseIntent('cuppa', priceless), priceless);
    expect(meant).not.toHaveProperty('priceMax');
  });

  test('never says anything but what the catalogue says, whatever the language model does', () => {
    const texts = fc.array(fc.oneof(fc.constantFrom(...INJECTIONS, ...ABUSE, 'mugs', 'bags number 1'), fc.string()), { maxLength: 8 });
    const has = new Set(items.flatMap(({ title, categories }) => [...title.toLowerCase().split(' '), ...categories, 'gift']));
    fc.assert(
      fc.property(texts, texts, texts, texts, fc.constantFrom(...ABUSE), (about, include, exclude, like, query) => {
        const { meant } = ground(query, { about, include, exclude, like });
        if (meant.origin === 'edge') return;
        const said = [meant.about, ...meant.include, ...meant.exclude].flatMap((text) => text.split(' ')).filter(Boolean);
        for (const word of said) expect(lexicon.index.knows(word) || has.has(word)).toBe(true);
        for (const text of [meant.about, ...meant.include, ...meant.exclude]) expect(text).toMatch(/^[\p{L}\p{M}\p{N} ]*$/u);
        for (const id of meant.like) expect(items.some((item) => item.id === id)).toBe(true);
      }),
      { numRuns: 150 },
    );
  });
});

describe('a reading of a critique', () => {
  test('is wishes in words of the catalogue; a price is the rules’ where they found one', () => {
    const reading = { ...NOTHING, about: ['mugs', 'teapot'], exclude: ['lights'], like: ['BAGS NUMBER 1'], priceMax: 3 };
    expect(groundCritique(reading, [], lexicon)).toEqual({
      meant: [
        { kind: 'less', words: 'lights' },
        { kind: 'more', words: 'mugs' },
        { kind: 'more-like-this', item: 'i1' },
        { kind: 'price', priceMax: 3 },
      ],
      dropped: 1,
    });
    const [price] = groundCritique({ ...NOTHING, priceMax: 3 }, [{ kind: 'price', priceMax: 5 }], lexicon).meant;
    expect(price).toEqual({ kind: 'price', priceMax: 5 });
  });
});

describe('what a language model answers', () => {
  const full = {
    about: ['a'],
    include: [],
    exclude: [],
    like: [],
    for: null,
    priceMin: null,
    priceMax: 5,
    freshness: null,
    sort: 'newest',
  };

  test('is read with nothing for what is null', () => {
    expect(parseReading(full)).toEqual({ about: ['a'], include: [], exclude: [], like: [], priceMax: 5, sort: 'newest' });
    expect(parseReading({})).toEqual(NOTHING);
    expect(Object.keys(READING_SCHEMA.schema.properties)).toEqual(READING_SCHEMA.schema.required);
  });

  test.each([
    ['no list', { ...full, about: 'mugs' }],
    ['a number in a list', { ...full, about: [1] }],
    ['a negative price', { ...full, priceMax: -1 }],
    ['too high a price', { ...full, priceMax: LIMITS.readingPrice + 1 }],
    ['another order', { ...full, sort: 'random' }],
    ['a text', 'mugs'],
    ['nothing', null],
  ])('is refused where it is not of the schema: %s', (_what, value) => {
    expect(() => parseReading(value)).toThrow();
  });

  test('is cut where it is longer than it may be', () => {
    const phrase = 'x'.repeat(LIMITS.readingPhraseChars);
    const { about } = parseReading({ about: Array.from({ length: LIMITS.readingPhrases + 1 }, () => `${phrase}y`) });
    expect(about).toEqual(Array.from({ length: LIMITS.readingPhrases }, () => phrase));
    expect(parseReading({ about: [phrase], priceMax: LIMITS.readingPrice })).toMatchObject({
      about: [phrase],
      priceMax: LIMITS.readingPrice,
    });
  });
});

describe('the task', () => {
  test('puts the text and the words of the catalogue before the model as data', () => {
    const { messages } = promptFor(TASK);
    expect(messages.map(({ role }) => role)).toEqual(['system', 'user']);
    expect(JSON.parse(messages[1]!.content)).toEqual({ text: 'a cuppa', language: 'en', names: TASK.names, words: TASK.words });
    expect(TASK).toMatchObject({ names: ['bags', 'gift', 'lights', 'mugs'], words: ['bags', 'lights', 'mugs', 'number'] });
  });

  test('offers so many names and words, the most frequent ones, and none that is an order or a link', () => {
    const many = Array.from({ length: LIMITS.readingWords + 5 }, (_, at) => {
      const word = `w${String(at).replace(/\d/g, (digit) => 'abcdefghij'[Number(digit)]!)}`;
      return { id: `i${at}`, title: `${word} mug`, categories: [`${word} kind`, INJECTIONS[at % INJECTIONS.length]!], attributes: {} };
    });
    const { names, words } = offerOf(many);
    expect([names.length, words.length]).toEqual([LIMITS.readingNames, LIMITS.readingWords]);
    expect(words).toContain('mug');
    expect(names.filter((name) => INJECTIONS.includes(name))).toEqual([]);
  });

  test('has another key for another text, kind, language, tenant or catalogue', async () => {
    const others: Partial<Task>[] = [
      { text: 'b' },
      { kind: 'critique' },
      { locale: 'de' },
      { tenant: 'acme' },
      { names: [] },
      { words: [] },
    ];
    const keys = await Promise.all([TASK, { ...TASK }, ...others.map((other) => ({ ...TASK, ...other }))].map(keyOf));
    expect(keys[0]).toBe(keys[1]);
    expect(new Set(keys).size).toBe(1 + others.length);
  });

  test('ends with a reading for everybody, or with why there is none, which is kept only after a fault', async () => {
    const asking = (ask: (request: JsonRequest<unknown>) => Promise<unknown>) =>
      readingErrand(TASK, { ask } as unknown as LanguageModel, { place: {}, urgency: 'prefetch' });
    const end = async (errand: ReturnType<typeof asking>): Promise<ReadingEvent> => (await Array.fromAsync(errand.work()))[0]!;
    const well = asking(async ({ parse }) => parse({ about: ['mugs'] }));
    const event = await end(well);
    expect(event).toEqual({ reading: { ...NOTHING, about: ['mugs'] } });
    const { keptMs, text } = well.landing(event)!;
    expect([keptMs, well.recall(text!)]).toEqual([LIMITS.readingTtlMs, event]);
    for (const [absence, forMs] of [
      ['failed', LIMITS.readingRetryMs],
      ['budget', 0],
    ] as const) {
      const errand = asking(() => Promise.reject(new ModelUnavailable(absence, 'told to')));
      expect(errand.landing(await end(errand))).toEqual({ keptMs: forMs });
    }
  });
});

test('the rules are doubted where words are unknown, or no item has the words of a phrase together', () => {
  expect([isDoubtful([], ['', 'mugs number 3', 'gift'], lexicon), isDoubtful([], ['gift', 'mugs bags'], lexicon)]).toEqual([false, true]);
  expect(isDoubtful(['zzz'], [], lexicon)).toBe(true);
});
