import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvItem } from '../../../../src/catalog/feeds/csv-item.ts';
import type { Entry } from '../../../../src/catalog/feeds/entry.ts';
import { readGoogleXml } from '../../../../src/catalog/feeds/read-google-xml.ts';
import { readJsonFeed } from '../../../../src/catalog/feeds/read-json.ts';
import { readNdjsonFeed } from '../../../../src/catalog/feeds/read-ndjson.ts';
import { readTableFeed } from '../../../../src/catalog/feeds/read-table.ts';

type Reader = (text: AsyncIterable<string>, charsMax: number) => AsyncIterable<Entry>;

async function* inPieces(text: string, size: number) {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
}
const read = (reader: Reader, text: string, { size = 7, charsMax = 1_000 } = {}) => Array.fromAsync(reader(inPieces(text, size), charsMax));
const valuesOf = (entries: readonly Entry[]) => entries.map((entry) => ('value' in entry ? entry.value : entry.fault));
const readCsv: Reader = (text, charsMax) => readTableFeed(text, charsMax, csvItem);

describe('a JSON feed', () => {
  test('is a list, or an object with one, wherever it is cut', async () => {
    const Wrapped = fc.constantFrom<(list: string) => string>(
      (list) => list,
      (list) => `{"shop":{"name":"[\\"]"},"items":${list},"more":[1,2]}`,
      (list) => `\n {"items" : ${list} }\n`,
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.jsonValue()),
        Wrapped,
        fc.integer({ min: 1, max: 40 }),
        fc.boolean(),
        async (values, wrap, size, pretty) => {
          const text = wrap(JSON.stringify(values, null, pretty ? 2 : 0));
          expect(valuesOf(await read(readJsonFeed, text, { size, charsMax: 1e6 }))).toEqual(JSON.parse(JSON.stringify(values)));
        },
      ),
    );
  });

  test('tells lines, and what is no JSON between two commas', async () => {
    expect(await read(readJsonFeed, '[\n {"id": "a"},\n {"id": b},\n\n {"id":\n "c"} ]')).toEqual([
      { value: { id: 'a' }, place: { line: 2 } },
      { fault: expect.stringContaining('not JSON'), place: { line: 3 } },
      { value: { id: 'c' }, place: { line: 5 } },
    ]);
  });

  test.for([
    ['[{"id":"a"},{"id":', 'cut short'],
    ['[{"id":"a"}', 'cut short'],
    ['{"items":[{"id":"a"}]', 'cut short'],
    ['<html>503</html>', 'no list'],
    ['', 'no list'],
    ['{"a":{"b":[1]}}', 'no list'],
  ] as const)('%j is a fault', async ([text, reason]) => {
    await expect(read(readJsonFeed, text)).rejects.toThrow(reason);
  });

  test('has elements of so many characters', async () => {
    const element = (chars: number) => JSON.stringify('x'.repeat(chars - 2));
    for (const size of [7, 10_000])
      expect(valuesOf(await read(readJsonFeed, `[${element(50)},${element(51)},3]`, { charsMax: 50, size }))).toEqual([
        'x'.repeat(48),
        'it has more than 50 characters',
        3,
      ]);
  });
});

describe('an NDJSON feed', () => {
  test('has a value a line; a bad one and one too long are told, and the others kept', async () => {
    const text = `{"id":"a"}\r\n\n{"id":\n"${'x'.repeat(50)}"\n{"id":"b"}`;
    expect(await read(readNdjsonFeed, text, { charsMax: 50 })).toEqual([
      { value: { id: 'a' }, place: { line: 1 } },
      { fault: expect.stringContaining('not JSON'), place: { line: 3 } },
      { fault: 'it has more than 50 characters', place: { line: 4 } },
      { value: { id: 'b' }, place: { line: 5 } },
    ]);
  });
});

describe('a table', () => {
  test('has an item a row; other columns are attributes', async () => {
    const text = 'id,title,price,tags,available,colour\na,"MUG, ""RED""",2.50,gift| new,false,red\nb,CUP\nc,POT,x,,,\n';
    expect(await read(readCsv, text)).toEqual([
      {
        value: { id: 'a', title: 'MUG, "RED"', price: 2.5, tags: ['gift', 'new'], available: false, attributes: { colour: 'red' } },
        place: { line: 2 },
      },
      { fault: 'the line has 2 columns, the header 6', place: { line: 3 } },
      { value: { id: 'c', title: 'POT', price: 'x', attributes: {} }, place: { line: 4 } },
    ]);
  });

  test('may have cells over several lines, and a stray quote spoils its own line only', async () => {
    const entries = await read(readCsv, 'id\ttitle\na\t"TWO\nLINES"\nb\t"OPEN\nc\tCUP\n');
    expect(entries).toEqual([
      { value: { id: 'a', title: 'TWO\nLINES', attributes: {} }, place: { line: 2 } },
      { fault: 'the line opens a quote that is not closed', place: { line: 4 } },
      { value: { id: 'c', title: 'CUP', attributes: {} }, place: { line: 5 } },
    ]);
  });

  test.for([
    ['', 'not even a header'],
    ['<html>\n', '"id"'],
    ['id,a,a\n', '"a"'],
    ['id,"a\n', 'its header opens a quote'],
  ] as const)('%j is a fault', async ([text, reason]) => {
    await expect(read(readCsv, text)).rejects.toThrow(reason);
  });
});

describe('a feed of Google’s', () => {
  const RSS = `<?xml version="1.0"?>
<rss xmlns:g="http://base.google.com/ns/1.0" version="2.0"><channel><title>Shop</title><link>https://shop.example</link>
<item>
  <g:id>a</g:id><title>MUG &amp; CUP</title><link>https://shop.example/a</link><g:image_link>https://shop.example/a.jpg</g:image_link>
  <description><![CDATA[<b>red</b>]]></description><g:price>15.00 USD</g:price><g:sale_price>12 USD</g:sale_price><g:availability>out of stock</g:availability>
  <g:product_type>Home &gt; Mugs</g:product_type><g:product_type>Home &gt; Gifts</g:product_type><g:color>red</g:color><g:shipping><g:price>4 USD</g:price></g:shipping>
</item>
<item><g:id>b</g:id></item></channel></rss>`;
  const MUG = {
    id: 'a',
    title: 'MUG & CUP',
    description: '<b>red</b>',
    url: 'https://shop.example/a',
    image: 'https://shop.example/a.jpg',
    price: 12,
    currency: 'USD',
    available: false,
    categories: ['Home', 'Mugs', 'Gifts'],
    attributes: { color: 'red' },
  };

  test('is RSS, wherever it is cut', async () => {
    for (const size of [1, 3, 64, 10_000])
      expect(await read(readGoogleXml, RSS, { size })).toEqual([
        { value: MUG, place: { line: 3 } },
        { value: { id: 'b', categories: [], attributes: {} }, place: { line: 8 } },
      ]);
  });

  test('or Atom', async () => {
    const text = `<feed xmlns="http://www.w3.org/2005/Atom" xmlns:g="http://base.google.com/ns/1.0"><entry><g:id>a</g:id><link href="https://shop.example/a"/>
      <g:price>EUR 9.5</g:price><g:sale_price>1 EUR</g:sale_price><g:sale_price_effective_date>2026-01-01/2026-01-02</g:sale_price_effective_date><g:availability>sold</g:availability></entry></feed>`;
    expect(valuesOf(await read(readGoogleXml, text))).toEqual([
      { id: 'a', url: 'https://shop.example/a', price: 9.5, currency: 'EUR', available: 'sold', categories: [], attributes: {} },
    ]);
  });

  test.for([
    ['2016-07-11T11:07+0100', '2016-07-11T11:07:00+01:00'],
    ['2016-07-11T11:07:31-0800', '2016-07-11T11:07:31-08:00'],
    ['2016-07-11T11:07:31Z', '2016-07-11T11:07:31Z'],
  ])('ends at %s', async ([written, validTo]) => {
    const text = `<rss><item><g:expiration_date>${written}</g:expiration_date></item></rss>`;
    expect(valuesOf(await read(readGoogleXml, text))).toMatchObject([{ validTo }]);
  });

  test.for([
    [RSS.slice(0, -20), 'cut short'],
    [`${RSS.slice(0, 300)}<g:`, 'cut short'],
    ['{"items":[]}', 'not XML'],
    ['<html></html>', 'neither RSS nor Atom'],
    ['<!DOCTYPE x [<!ENTITY a "aaaa">]><rss><item>&a;</item></rss>', 'not XML'],
  ] as const)('anything else is a fault %#', async ([text, reason]) => {
    await expect(read(readGoogleXml, text)).rejects.toThrow(reason);
  });

  test('has products of so many characters', async () => {
    const text = (chars: number) => `<rss><item><title>${'x'.repeat(chars)}</title></item><item><title>y</title></item></rss>`;
    const titles = async (chars: number) =>
      (await read(readGoogleXml, text(chars), { charsMax: 200_000, size: 50_000 })).map((entry) =>
        'value' in entry ? (entry.value as { title: string }).title.length : entry.fault,
      );
    expect(await titles(200_000)).toEqual([500, 1]);
    expect(await titles(200_001)).toEqual(['it has more than 200000 characters', 1]);
  });
});
