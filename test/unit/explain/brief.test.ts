import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Item } from '../../../src/domain/item.ts';
import { LIMITS } from '../../../src/domain/limits.ts';
import { DEFAULT_LOCALE, LOCALES, matchLocale } from '../../../src/domain/locale.ts';
import type { RecommendedItem } from '../../../src/domain/recommendation.ts';
import { openBrief } from '../../../src/explain/brief.ts';
import { Explanations } from '../../../src/explain/explanations.ts';
import { keyOf } from '../../../src/explain/key.ts';
import { formatReference, parseReference } from '../../../src/explain/reference.ts';
import { isName, wordReason } from '../../../src/explain/wording.ts';
import { INJECTIONS } from '../../fixtures/injections.ts';
import { snapshotOf } from '../../fixtures/serving.ts';
import { makeShop } from '../../fixtures/shop.ts';

const REFERENCE = { kind: 'goes-with', locale: 'en', item: 'i4', because: ['i3'] } as const;

/** The brief of `i4` because of `i3`, with some fields of `i4` changed. */
async function briefOf(fields: Partial<Item> = {}, locale: (typeof LOCALES)[number] = 'en') {
  const shop = makeShop();
  const items = shop.items.map((item) => (item.id === 'i4' ? { ...item, ...fields } : item));
  return openBrief({ ...REFERENCE, locale }, await snapshotOf({ ...shop, items }));
}

describe('what is told of an item', () => {
  test('is its title, categories and attributes, and never its price', async () => {
    const { item, because, template, fit } = await briefOf({ attributes: { colour: 'red', weight: 3, fragile: true, tags: ['a', 'b'] } });
    expect(item).toEqual({
      title: 'BAGS NUMBER 4',
      categories: ['bags'],
      attributes: { colour: 'red', weight: '3', fragile: 'true', tags: 'a, b' },
    });
    expect([because.map(({ title }) => title), template, fit]).toEqual([['MUGS NUMBER 3'], 'Goes with MUGS NUMBER 3', true]);
    expect(JSON.stringify({ item, because })).not.toContain('price');
  });

  test.each(INJECTIONS)('holds nothing of %j', async (text) => {
    const { item } = await briefOf({
      categories: [text, 'bags'],
      attributes: { colour: text, [text]: 'red', fine: 'yes', tags: ['x', text] },
    });
    expect(item).toMatchObject({ categories: ['bags'], attributes: { fine: 'yes' } });
  });

  test('is so much and no more', async () => {
    const many = (count: number) => Array.from({ length: count }, (_, at) => `n${at}`);
    const told = async (count: number) => {
      const { item } = await briefOf({ categories: many(count), attributes: Object.fromEntries(many(count).map((name) => [name, 'x'])) });
      return [item.categories.length, Object.keys(item.attributes).length];
    };
    const most = LIMITS.explainedAttributes;
    expect([await told(most), await told(most + 1)]).toEqual([
      [most, most],
      [most, most],
    ]);
  });

  test('is of names that are so long and no longer', async () => {
    const [longest, longer] = ['x'.repeat(LIMITS.nameChars), 'x'.repeat(LIMITS.nameChars + 1)];
    expect([isName(longest), isName(longer), isName(' ')]).toEqual([true, false, false]);
    expect((await briefOf({ categories: [longest, longer] })).item.categories).toEqual([longest]);
  });
});

test('a key is of what is said, in which language, of which items', async () => {
  const keys = await Promise.all(
    [briefOf(), briefOf(), briefOf({ title: 'OTHER' }), briefOf({}, 'de'), briefOf({ price: 99 })].map(async (brief) => keyOf(await brief)),
  );
  expect(keys[1]).toBe(keys[0]);
  expect(keys[4]).toBe(keys[0]); // a price that changes changes no text
  expect(new Set(keys).size).toBe(3);
});

test('an id comes back as what it names, whatever the ids of items are', () => {
  const id = fc.string({ unit: 'grapheme', minLength: 1, maxLength: LIMITS.idChars });
  const reference = fc.oneof(
    fc.record({
      kind: fc.constantFrom('goes-with' as const, 'similar' as const),
      locale: fc.constantFrom(...LOCALES),
      item: id,
      because: fc.array(id, { minLength: 1, maxLength: LIMITS.explainedBecause }),
    }),
    fc.record({ kind: fc.constant('popular' as const), locale: fc.constantFrom(...LOCALES), item: id, because: fc.constant([]) }),
  );
  fc.assert(
    fc.property(reference, (each) => {
      const formatted = formatReference(each);
      fc.pre(formatted.length <= LIMITS.explanationIdChars);
      expect(parseReference(formatted)).toEqual(each);
    }),
  );
});

test('reasons are worded in every language, each in its own', () => {
  const worded = LOCALES.map((locale) => [
    wordReason('goes-with', ['A', 'B'], locale),
    wordReason('similar', ['A'], locale),
    wordReason('popular', [], locale),
    wordReason('trending', [], locale),
    wordReason('match', [], locale),
    wordReason('meaning', [], locale),
  ]);
  expect(new Set(worded.flat()).size).toBe(6 * LOCALES.length);
  expect(worded[LOCALES.indexOf('de')]).toEqual([
    'Passt zu A und B',
    'Ähnlich wie A',
    'Beliebt bei anderen',
    'Gerade gefragt',
    'Passt zu Ihrer Suche',
    'Nah an dem, was Sie suchen',
  ]);
  expect(worded[LOCALES.indexOf('zh')]).toEqual([
    '与A和B搭配',
    '与A相似',
    '受其他顾客欢迎',
    '正在流行',
    '与您的搜索相符',
    '与您要找的相近',
  ]);
});

test.each([
  [undefined, DEFAULT_LOCALE],
  ['', DEFAULT_LOCALE],
  ['*', DEFAULT_LOCALE],
  ['pt', DEFAULT_LOCALE],
  ['de-CH', 'de'],
  ['zh-Hans-CN', 'zh'],
  ['pt, fr;q=0.3, es;q=0.7', 'es'],
  ['ja;q=0, fr', 'fr'],
  ['DE', 'de'],
  [';;;,q=,=', DEFAULT_LOCALE],
])('%j is understood as %s', (accepted, locale) => {
  expect(matchLocale(accepted)).toBe(locale);
});

test('after an answer so many explanations are looked up and no more', async () => {
  const snapshot = await snapshotOf(makeShop());
  let read = 0;
  const explanations = new Explanations({
    tenant: 'default',
    enabled: true,
    read: async () => {
      read++;
      return 'a text';
    },
    explain: () => Promise.reject(new Error('nobody asks')),
    send: () => Promise.reject(new Error('nothing is missing')),
    isReady: async () => true,
    nowMs: () => 0,
  });
  const items = Array.from(snapshot.items, ({ id, title }): RecommendedItem => ({
    id,
    title,
    score: 1,
    reason: { kind: 'popular', text: '', because: [] },
  }));
  const prepare = (count: number, from = 0) =>
    explanations.prepare(explanations.attach(items.slice(from, from + count), 'en', snapshot), snapshot, {});
  await prepare(LIMITS.explanationsLookedUp - 1);
  expect(read).toBe(LIMITS.explanationsLookedUp - 1);
  await prepare(LIMITS.explanationsLookedUp + 1);
  expect(read).toBe(LIMITS.explanationsLookedUp); // of which all but one were known
  expect(explanations.attach(items, 'en', snapshot).filter(({ explanation }) => explanation !== undefined)).toHaveLength(read);
});
