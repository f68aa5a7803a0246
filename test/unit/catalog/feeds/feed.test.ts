import { describe, expect, test } from 'vitest';
import { parseFeeds } from '../../../../src/catalog/feeds/feed.ts';
import { feedsOf } from '../../../../src/catalog/feeds/from-env.ts';
import { LIMITS } from '../../../../src/domain/limits.ts';

const SHOP = { name: 'shop', url: 'https://shop.example/feed.xml', kind: 'google-xml', everyMinutes: 60 };
const parse = (feeds: unknown, secrets = {}) => parseFeeds(JSON.stringify(feeds), secrets);

describe('FEEDS', () => {
  test('is a list, with secrets put in', () => {
    expect(
      parse([SHOP, { ...SHOP, tenant: 'acme', hideMissing: true, header: { name: 'X-Key', secret: 'FEED_KEY' } }], { FEED_KEY: 'k' }),
    ).toEqual([
      { ...SHOP, tenant: 'default', hideMissing: false },
      { ...SHOP, tenant: 'acme', hideMissing: true, header: { name: 'X-Key', value: 'k' } },
    ]);
    expect(parseFeeds(undefined, {})).toEqual([]);
    expect(parseFeeds(' ', {})).toEqual([]);
  });

  test.for([
    [{ ...SHOP, url: 'http://shop.example' }, 'https only'],
    [{ ...SHOP, url: 'shop' }, 'a url is such as'],
    [{ ...SHOP, kind: 'xls' }, 'a kind is one of'],
    [{ ...SHOP, everyMinutes: LIMITS.feedEveryMinutes.least - 1 }, 'at most'],
    [{ ...SHOP, everyMinutes: LIMITS.feedEveryMinutes.most + 1 }, 'at least'],
    [{ ...SHOP, header: { name: 'X-Key', secret: 'NONE' } }, 'there is no secret NONE'],
    [{ ...SHOP, ever: 1 }, '0.ever'],
  ] as const)('%j is refused', ([feed, reason]) => {
    expect(() => parse([feed])).toThrow(reason);
  });

  test('has intervals and a length of so much', () => {
    const { least, most } = LIMITS.feedEveryMinutes;
    for (const everyMinutes of [least, most]) expect(parse([{ ...SHOP, everyMinutes }])).toHaveLength(1);
    const many = (count: number) => Array.from({ length: count }, (_, at) => ({ ...SHOP, name: `shop-${at}` }));
    expect(parse(many(LIMITS.feeds))).toHaveLength(LIMITS.feeds);
    expect(() => parse(many(LIMITS.feeds + 1))).toThrow('at most');
    expect(() => parse([SHOP, SHOP])).toThrow('the same name');
  });

  test('that cannot be read leaves the Worker without feeds, and says why', () => {
    expect(feedsOf({ FEEDS: '[' })).toEqual({ feeds: [], fault: expect.stringContaining('FEEDS cannot be read') });
    expect(feedsOf({ FEEDS: JSON.stringify([SHOP]) }).feeds).toHaveLength(1);
  });
});
