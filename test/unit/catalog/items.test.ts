import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contentHash } from '../../../src/catalog/items/content-hash.ts';
import { mergePatch } from '../../../src/catalog/items/merge-patch.ts';
import { parseItem } from '../../../src/catalog/items/parse-item.ts';
import { fromServedItem, toServedItem } from '../../../src/catalog/items/served-item.ts';
import type { CatalogueItem } from '../../../src/domain/catalogue-item.ts';
import { LIMITS } from '../../../src/domain/limits.ts';
import { makeCatalogueItem } from '../../fixtures/catalogue-item.ts';

const FULL = {
  id: 'mug',
  title: 'RED MUG',
  description: 'Holds tea.',
  categories: ['mugs'],
  tags: ['gift'],
  brand: 'Potter',
  price: 2.5,
  currency: 'EUR',
  image: 'https://shop.test/mug.jpg',
  url: 'https://shop.test/mug',
  available: false,
  hidden: true,
  validFrom: '2026-11-24T09:00:00Z',
  validTo: '2026-12-24T09:00:00Z',
  markets: ['DE'],
  createdAt: '2026-11-01T00:00:00.000Z',
  attributes: { size: 40, fragile: true, colours: ['red', 'white'] },
};

const texts = (count: number) => Array.from({ length: count }, (_, at) => `t${at}`);
const long = (chars: number) => 'x'.repeat(chars);
const link = (chars: number) => `https://shop.test/${long(chars - 18)}`;
const named = (count: number) => Object.fromEntries(texts(count).map((name) => [name, 1]));

describe('an item is read', () => {
  test('with all it says, and with defaults for what it does not', () => {
    expect(parseItem(FULL)).toEqual(FULL);
    expect(parseItem({ id: 'mug', title: 'RED MUG' })).toEqual(makeCatalogueItem());
  });

  const refusals: [value: unknown, path: string | undefined, message: RegExp][] = [
    [null, undefined, /an item is an object/],
    [[FULL], undefined, /an item is an object/],
    ['mug', undefined, /an item is an object/],
    [{ id: 'mug' }, 'title', /an item is an object/],
    [{ ...FULL, id: 7 }, 'id', /is text/],
    [{ ...FULL, id: '' }, 'id', /at least 1 character/],
    [{ ...FULL, id: 'a\u001fb' }, 'id', /controls a terminal/],
    [{ ...FULL, id: '.' }, 'id', /not \. or \.\./],
    [{ ...FULL, id: '..' }, 'id', /not \. or \.\./],
    [{ ...FULL, title: ' ' }, 'title', /at least 1 character/],
    [{ ...FULL, price: -1 }, 'price', /at least 0/],
    [{ ...FULL, price: Infinity }, 'price', /finite/],
    [{ ...FULL, price: '2.50' }, 'price', /is a number/],
    [{ ...FULL, currency: 'euro' }, 'currency', /"EUR"/],
    [{ ...FULL, url: 'mug' }, 'url', /is an address/],
    [{ ...FULL, url: 'javascript:alert(1)' }, 'url', /http or https/],
    [{ ...FULL, url: ' javascript:alert(1)' }, 'url', /http or https/],
    [{ ...FULL, image: 'data:image/png;base64,AAAA' }, 'image', /http or https/],
    [{ ...FULL, image: 'file:///etc/passwd' }, 'image', /http or https/],
    [{ ...FULL, available: 'yes' }, 'available', /true or false/],
    [{ ...FULL, validTo: 'tomorrow' }, 'validTo', /RFC 3339/],
    [{ ...FULL, validTo: '2027-02-30T00:00:00Z' }, 'validTo', /a day that there is/],
    [{ ...FULL, createdAt: '2026-11-24 09:00:00Z' }, 'createdAt', /RFC 3339/],
    [{ ...FULL, createdAt: '2026-11-24T09:00:00+0100' }, 'createdAt', /RFC 3339/],
    [{ ...FULL, validTo: '2026-11-24T09:59:59+01:00' }, 'validTo', /not before validFrom/],
    [{ ...FULL, tags: ['gift', 3] }, 'tags.1', /is text/],
    [{ ...FULL, colour: 'red' }, 'colour', /no field of this name/],
    [{ ...FULL, attributes: { hidden: false } }, 'attributes.hidden', /is a field of the item/],
    [{ ...FULL, attributes: { constructor: 'x' } }, 'attributes', /no attribute is called/],
    [{ ...FULL, attributes: JSON.parse('{"__proto__": "x"}') }, 'attributes', /no attribute is called/],
    [{ ...FULL, attributes: 'red' }, 'attributes', /an object of names/],
    [{ ...FULL, attributes: { size: null } }, 'attributes.size', /an attribute is/],
    [{ ...FULL, attributes: { size: { cm: 40 } } }, 'attributes.size', /an attribute is/],
  ];
  test.for(refusals)('or refused: %j', ([value, path, message]) => {
    const { refusal } = parseItem(value) as { refusal: { path?: string; message: string } };
    expect(refusal.path).toBe(path);
    expect(refusal.message).toMatch(message);
  });

  test('with attributes that have the name of what every object has', () => {
    const attributes = { toString: 'x', hasOwnProperty: true };
    expect(parseItem({ ...FULL, attributes })).toEqual({ ...FULL, attributes });
  });

  test('whose times are of RFC 3339 in small letters, and which ends as it begins', () => {
    const times = { validFrom: '2026-11-24t10:00:00+01:00', validTo: FULL.validFrom, createdAt: '2026-11-24t09:00:00z' };
    const item = parseItem({ ...FULL, ...times });
    expect(item).toEqual({ ...FULL, ...times });
    expect(toServedItem(item as CatalogueItem, undefined).createdAtMs).toBe(Date.parse(FULL.validFrom));
  });

  const bounds: [name: string, of: (size: number) => object, most: number][] = [
    ['id', (size) => ({ id: long(size) }), LIMITS.idChars],
    ['title', (size) => ({ title: long(size) }), LIMITS.titleChars],
    ['description', (size) => ({ description: long(size) }), LIMITS.descriptionChars],
    ['categories', (size) => ({ categories: texts(size) }), LIMITS.itemCategories],
    ['tags', (size) => ({ tags: texts(size) }), LIMITS.itemTags],
    ['markets', (size) => ({ markets: texts(size) }), LIMITS.itemTags],
    ['a tag', (size) => ({ tags: [long(size)] }), LIMITS.itemNameChars],
    ['brand', (size) => ({ brand: long(size) }), LIMITS.itemNameChars],
    ['image', (size) => ({ image: link(size) }), LIMITS.urlChars],
    ['url', (size) => ({ url: link(size) }), LIMITS.urlChars],
    ['attributes', (size) => ({ attributes: named(size) }), LIMITS.itemAttributes],
    ['the name of an attribute', (size) => ({ attributes: { [long(size)]: 1 } }), LIMITS.itemNameChars],
    ['an attribute', (size) => ({ attributes: { material: long(size) } }), LIMITS.attributeChars],
    ['an attribute that is a list', (size) => ({ attributes: { material: texts(size) } }), LIMITS.itemTags],
  ];
  test.for(bounds)('up to the bound of %s', ([, of, most]) => {
    expect(parseItem({ ...FULL, ...of(most) })).not.toHaveProperty('refusal');
    expect(parseItem({ ...FULL, ...of(most + 1) })).toHaveProperty('refusal');
  });

  test('up to so many bytes in all', () => {
    // Every field within its own bound; characters of three bytes make up the whole.
    const sized = (bytes: number) => {
      const item = makeCatalogueItem({ description: '€'.repeat(LIMITS.descriptionChars), attributes: { a: '', b: '' } });
      const left = bytes - new TextEncoder().encode(JSON.stringify(item)).length;
      const most = LIMITS.attributeChars;
      return {
        ...item,
        attributes: {
          a: '€'.repeat(Math.floor(Math.min(left, 3 * most) / 3)),
          b: long(left - 3 * Math.floor(Math.min(left, 3 * most) / 3)),
        },
      };
    };
    expect(parseItem(sized(LIMITS.itemBytes))).not.toHaveProperty('refusal');
    expect(parseItem(sized(LIMITS.itemBytes + 1))).toEqual({ refusal: { message: expect.stringContaining(String(LIMITS.itemBytes)) } });
  });

  test('whatever is sent: read or refused, never thrown', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.jsonValue(), fc.record({ id: fc.string(), title: fc.string(), tags: fc.jsonValue(), attributes: fc.jsonValue() })),
        (value) => {
          const read = parseItem(value);
          if (!('refusal' in read)) expect(parseItem(JSON.parse(JSON.stringify(read)))).toEqual(read);
        },
      ),
    );
  });
});

describe('what answers need of an item', () => {
  test('has what rules and filters read among its attributes, and no texts for people', () => {
    expect(toServedItem(FULL, 5)).toEqual({
      id: 'mug',
      title: 'RED MUG',
      price: 2.5,
      categories: ['mugs'],
      createdAtMs: Date.parse(FULL.createdAt),
      attributes: {
        ...FULL.attributes,
        tags: ['gift'],
        brand: 'Potter',
        currency: 'EUR',
        available: false,
        hidden: true,
        validFrom: FULL.validFrom,
        validTo: FULL.validTo,
        markets: ['DE'],
      },
    });
    expect(toServedItem(makeCatalogueItem(), 5)).toEqual({ id: 'mug', title: 'RED MUG', categories: [], createdAtMs: 5, attributes: {} });
  });

  test('leads back to the item', () => {
    const { description, image, url, ...shared } = FULL;
    expect([description, image, url]).not.toContain(undefined);
    expect(fromServedItem(toServedItem(FULL, 5))).toEqual(shared);
    expect(fromServedItem(toServedItem(makeCatalogueItem(), undefined))).toEqual(makeCatalogueItem());
  });

  test('stays hidden, or not to be had, where that is said in words nobody understands', () => {
    const served = (attributes: Record<string, string>) => fromServedItem({ ...toServedItem(makeCatalogueItem(), undefined), attributes });
    expect(served({ hidden: 'yes' })).toMatchObject({ hidden: true, available: true });
    expect(served({ available: 'soon' })).toMatchObject({ hidden: false, available: false });
  });
});

test('a content hash says whether two items say the same, in whatever order', async () => {
  const hash = await contentHash(FULL);
  expect(hash).toMatch(/^[0-9a-f]{32}$/);
  expect(await contentHash(Object.fromEntries(Object.entries(FULL).reverse()) as typeof FULL)).toBe(hash);
  const others = [
    { price: 2.51 },
    { tags: [] },
    { attributes: { size: 40 } },
    { attributes: { ...FULL.attributes, colours: ['white', 'red'] } },
  ];
  const hashes = await Promise.all(others.map((change) => contentHash({ ...FULL, ...change })));
  expect(new Set([hash, ...hashes]).size).toBe(others.length + 1);
});

/** The examples of RFC 7396, appendix A. */
test.for([
  ['{"a":"b"}', '{"a":"c"}', '{"a":"c"}'],
  ['{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'],
  ['{"a":"b"}', '{"a":null}', '{}'],
  ['{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'],
  ['{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'],
  ['{"a":"c"}', '{"a":["b"]}', '{"a":["b"]}'],
  ['{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'],
  ['{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'],
  ['["a","b"]', '["c","d"]', '["c","d"]'],
  ['{"a":"b"}', '["c"]', '["c"]'],
  ['{"a":"foo"}', 'null', 'null'],
  ['{"a":"foo"}', '"bar"', '"bar"'],
  ['{"e":null}', '{"a":1}', '{"e":null,"a":1}'],
  ['[1,2]', '{"a":"b","c":null}', '{"a":"b"}'],
  ['{}', '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'],
  ['{}', '{"__proto__":{"a":1}}', '{"__proto__":{"a":1}}'],
])('a merge patch: %s with %s', ([target, patch, result]) => {
  expect(JSON.stringify(mergePatch(JSON.parse(target!), JSON.parse(patch!)))).toBe(result);
});
