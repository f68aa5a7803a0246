import { describe, expect, test } from 'vitest';
import type { Intent } from '../../../src/domain/intent.ts';
import type { Item } from '../../../src/domain/item.ts';
import { LIMITS } from '../../../src/domain/limits.ts';
import { Lexicon } from '../../../src/intent/lexicon.ts';
import { parseIntent } from '../../../src/intent/parse.ts';

const item = (
  id: string,
  title: string,
  price: number | undefined,
  categories: string[] = [],
  attributes: Item['attributes'] = {},
): Item => ({
  id,
  title,
  ...(price !== undefined && { price }),
  categories,
  attributes,
});
const ITEMS = [
  item('1', 'Red retrospot mug', 4, ['Kitchen'], { colour: 'red' }),
  item('2', 'Blue polkadot mug', 5, ['Kitchen'], { colour: 'blue' }),
  item('3', 'Garden lantern with star', 12, ['Garden Lights'], { tags: ['outdoor'] }),
  item('4', 'Christmas tree star', 2.5, ['Decorations']),
  item('5', 'Toy train set', 20, ['Toys']),
  item('6', '红色圣诞杯子', 30, ['杯子']),
  item('7', '花园灯', 45, ['灯具']),
  item('8', 'Clock 20 cm', 9, ['Clocks']),
];
const shop = new Lexicon(ITEMS);
const films = new Lexicon([
  item('1', 'Toy Story (1995)', undefined, ['Comedy']),
  item('2', 'Toy Story 2 (1999)', undefined, ['Comedy']),
  item('3', 'The Ring', undefined, ['Horror']),
]);

const NOTHING: Intent = { about: '', include: [], exclude: [], like: [], unknown: [], origin: 'edge' };
const read = (query: string, lexicon = shop) => parseIntent(query, lexicon);

describe('prices', () => {
  const prices: [query: string, priceMin: number | undefined, priceMax: number | undefined, about?: string][] = [
    ['mug under £5', undefined, 5],
    ['mug under 5', undefined, 5],
    ['mug below 5.50 euros', undefined, 5.5],
    ['mug less than $1,200.50', undefined, 1200.5],
    ['mug cheaper than 1.200,50 €', undefined, 1200.5],
    ['mug for at most 5,5 €', undefined, 5.5],
    ['mug £5 or less', undefined, 5],
    ['mug <= 5', undefined, 5],
    ['mug over 5', 5, undefined],
    ['mug at least £5', 5, undefined],
    ['mug 5 pounds or more', 5, undefined],
    ['mug between 5 and 10', 5, 10],
    ['mug from 10 to £5', 5, 10],
    ['mug £5-£10', 5, 10],
    ['mug over 5 under 10', 5, 10],
    ['mug around £8', 6, 10],
    ['£8 mug', 6, 10],
    ['100元以下 mug', undefined, 100],
    ['不超过100块 mug', undefined, 100],
    ['100元以上 mug', 100, undefined],
    ['5元到10元的 mug', 5, 10],
    ['mug ８元左右', 6, 10],
    ['mug nothing over 20', undefined, 20],
    ['mug no more than 20', undefined, 20],
    ['mug not over 20', undefined, 20],
    ["mug, I don't want to spend more than 20", undefined, 20],
    ['mug nothing 20 or more', undefined, 20],
    ['mug without anything over 20', undefined, 20],
    ['mug not under 2', 2, undefined],
    ['mug no less than 2 not over 20', 2, 20],
    ['any mug but under 5', undefined, 5],
    ['mug 不要超过20', undefined, 20],
    ['mug 不要20元以上的', undefined, 20],
    ['mug 20元以上的不要', undefined, 20],
    ['mug 不低于5', 5, undefined],
    ['mug 不少于5', 5, undefined],
  ];
  test.for(prices)('%s', ([query, priceMin, priceMax]) => {
    expect(read(query)).toEqual({
      ...NOTHING,
      about: 'mug',
      ...(priceMin !== undefined && { priceMin }),
      ...(priceMax !== undefined && { priceMax }),
      include: [],
    });
  });

  test.for(['clock under 20 cm', 'set of 20', 'clock less than 20 pieces', 'clock over 20 years', 'clock 20'])(
    '%s is no price',
    (query) => {
      const { priceMin, priceMax } = read(query);
      expect([priceMin, priceMax]).toEqual([undefined, undefined]);
    },
  );

  test('a denial that no bound says is not understood', () => {
    expect(read('mug not between 5 and 10 under 20')).toEqual({
      ...NOTHING,
      about: 'mug',
      priceMax: 20,
      unknown: ['not', 'between', '5', 'and', '10'],
    });
    expect(read('mug not £20')).toEqual({ ...NOTHING, about: 'mug', unknown: ['not', '20'] });
    expect(read('no red mugs over 20')).toEqual({ ...NOTHING, unknown: ['no', 'red', 'mugs', 'over', '20'] });
    expect(read('no mugs, over 20')).toEqual({ ...NOTHING, exclude: ['mugs'], priceMin: 20 });
  });

  test('what contradicts itself or can be read in two ways is not understood', () => {
    expect(read('mug over 10 under 5')).toEqual({ ...NOTHING, about: 'mug', unknown: ['under', '5', 'over', '10'] });
    expect(read('mug under £1.000')).toEqual({ ...NOTHING, about: 'mug', unknown: ['under', '1', '000'] });
    expect(read('toy under 10', films)).toEqual({ ...NOTHING, about: 'toy', unknown: ['under', '10'] });
  });
});

describe('negations', () => {
  const negations: [query: string, about: string, exclude: string[]][] = [
    ['mug without polkadot', 'mug', ['polkadot']],
    ['mug, not red', 'mug', ['red']],
    ['mug -red', 'mug', ['red']],
    ['-red mug', 'mug', ['red']],
    ['no red mugs', '', ['red mugs']],
    ['lantern except blue or red', 'lantern', ['blue', 'red']],
    ["mug I don't want christmas", 'mug', ['christmas']],
    ['mug without red with polkadot', 'mug polkadot', ['red']],
    ['lantern no garden star', 'lantern', ['garden star']],
    ['lantern no blue star', 'lantern', ['blue', 'star']],
    ['杯子 不要圣诞', '杯子', ['圣诞']],
    ['红色杯子，没有圣诞', '红色杯子', ['圣诞']],
    ['any mug but red', 'mug', ['red']],
    ['any mug but not red', 'mug', ['red']],
    ['mug other than red', 'mug', ['red']],
    ["mug that isn't red", 'mug', ['red']],
    ['mug neither red nor blue', 'mug', ['red', 'blue']],
    ['lantern instead of mug', 'lantern', ['mug']],
    ['everything but christmas', '', ['christmas']],
    ['everything except christmas', '', ['christmas']],
    ['nothing but mugs', 'mugs', []],
    ['nothing except mugs', 'mugs', []],
    ["I don't want anything but mugs", 'mugs', []],
    ['不要红色的杯子', '杯子', ['红色']],
    ['不要红色的和圣诞的杯子', '杯子', ['红色', '圣诞']],
    ['除了红色以外的杯子', '杯子', ['红色']],
    ['除了红色的杯子', '', ['红色 杯子']],
    ['杯子，红色的不要', '杯子', ['红色']],
  ];
  test.for(negations)('%s', ([query, about, exclude]) => {
    const intent = read(query);
    expect([intent.about, intent.exclude, intent.unknown]).toEqual([about, exclude, []]);
  });

  test('a word that no item has excludes nothing, and is reported', () => {
    expect(read('mug without zebras')).toEqual({ ...NOTHING, about: 'mug', unknown: ['zebras'] });
  });

  test('a phrase that no item has excludes none of its words where nothing else is asked for, which may be among them', () => {
    expect(read('not fancy mug')).toEqual({ ...NOTHING, unknown: ['fancy', 'mug'] });
    expect(read('lantern, not fancy mug')).toEqual({ ...NOTHING, about: 'lantern', exclude: ['mug'], unknown: ['fancy'] });
  });

  const ORDERS: [query: string, understood: Partial<Intent>][] = [
    ['not expensive mug', { sort: 'cheapest' }],
    ["mug that isn't too expensive", { sort: 'cheapest' }],
    ['不要太贵的 mug', { sort: 'cheapest' }],
    ['特别便宜的 mug', { sort: 'cheapest', unknown: ['特别'] }],
    ['not cheap mug', { unknown: ['not', 'cheap'] }],
    ['mug, not the most expensive', { unknown: ['not', 'the', 'most', 'expensive'] }],
    ['mug not brand new', { unknown: ['not', 'brand', 'new'] }],
    ['不便宜的 mug', { unknown: ['不便宜的'] }],
  ];
  test.for(ORDERS)('of an order and not of the thing: %s', ([query, understood]) => {
    expect(read(query)).toEqual({ ...NOTHING, about: 'mug', ...understood });
  });

  test('of whom it is for', () => {
    expect(read('lantern not for the garden')).toEqual({ ...NOTHING, about: 'lantern', exclude: ['garden'] });
  });
});

describe('like an item', () => {
  test.for([
    ['like Toy Story', ['1'], ''],
    ['something like toy story 2 but horror', ['2'], 'horror'],
    ['similar to the ring', ['3'], ''],
    ['comedy like toy story without horror', ['1'], 'comedy'],
    ['I would like comedy', [], 'comedy'],
    ['like comedy', [], 'comedy'],
  ] as const)('%s', ([query, like, about]) => {
    const intent = read(query, films);
    expect([intent.like, intent.about]).toEqual([like, about]);
  });

  test.for(["comedy, I don't like horror", 'comedy, nothing like horror', 'comedy unlike horror'])('not: %s', (query) => {
    expect(read(query, films)).toEqual({ ...NOTHING, about: 'comedy', include: ['Comedy'], exclude: ['horror'] });
  });
  test.for(["I don't like toy story", 'not like toy story', "don't want anything like toy story"])('not: %s', (query) => {
    expect(read(query, films)).toEqual({ ...NOTHING, exclude: ['toy story'] });
  });

  test('in Chinese', () => {
    expect(read('像花园灯一样的')).toMatchObject({ like: ['7'], about: '' });
    expect(read('类似 red retrospot mug 的')).toMatchObject({ like: ['1'] });
  });
});

describe('words', () => {
  test('names of the catalogue are recognised in its own spelling, the longest first', () => {
    expect(read('garden light, decoration or outdoor')).toMatchObject({ include: ['Garden Lights', 'Decorations', 'outdoor'] });
    expect(read('杯子').include).toEqual(['杯子']);
  });

  test('whom it is for, what is new, and in which order', () => {
    expect(read('lantern for the garden')).toMatchObject({ about: 'lantern garden', for: 'garden' });
    expect(read('灯 适合花园的')).toMatchObject({ for: '花园' });
    expect(read('new arrivals mugs')).toMatchObject({ about: 'mugs', freshness: 'new' });
    for (const [query, sort] of [
      ['cheapest mug', 'cheapest'],
      ['mug, most expensive first', 'dearest'],
      ['newest mug', 'newest'],
      ['best selling mug', 'popular'],
      ['最便宜的 mug', 'cheapest'],
    ] as const)
      expect(read(query)).toEqual({ ...NOTHING, about: 'mug', sort });
  });

  test('typing mistakes and beginnings of words are words; others are reported, and fillers are neither', () => {
    expect(read('show me a retorspot mug please, qzxv')).toEqual({ ...NOTHING, about: 'retorspot mug', unknown: ['qzxv'] });
    expect(read('retro')).toEqual({ ...NOTHING, about: 'retro' });
    expect(read('under')).toEqual({ ...NOTHING, unknown: ['under'] });
    for (const query of ['', ' ', 'the', 'no']) expect(read(query)).toEqual(NOTHING);
  });

  test.for([
    ['!!!', '!!!'],
    ['😀', '😀'],
    [' £ ', '£'],
    ['-', '?'],
    ['|¬|', '?'],
    ['<!-- -->', '!'],
    ['\u200b', '?'],
  ] as const)('signs without a word are not understood, and none comes back that markup is made of: %j', ([query, signs]) => {
    expect(read(query)).toEqual({ ...NOTHING, unknown: [signs] });
  });
});

test('so many words of a text are read, and not one more', () => {
  const words = Array.from({ length: LIMITS.queryWords + 1 }, (_, at) => `q${at}`);
  const many = new Lexicon([item('1', words.join(' '), undefined)]);
  const most = words.slice(0, LIMITS.queryWords);
  expect(words.join(' ').length).toBeLessThan(LIMITS.queryChars);
  expect(read(most.join(' '), many).about).toBe(most.join(' '));
  expect(read(words.join(' '), many).about).toBe(most.join(' '));
  expect(many.exclusions(most).phrases).toEqual(most);
  expect(many.exclusions(words).phrases).toEqual(most);
});
