import { describe, expect, test } from 'vitest';
import { EdgewiseError } from '../../../src/domain/errors.ts';
import type { Item } from '../../../src/domain/item.ts';
import { LIMITS } from '../../../src/domain/limits.ts';
import { Items } from '../../../src/catalog/columns/items.ts';
import { compileFilter } from '../../../src/recommend/filter/compile.ts';
import { formatFilter } from '../../../src/recommend/filter/format.ts';
import { parseFilter } from '../../../src/recommend/filter/parse.ts';

const mug: Item = {
  id: 'mug-1',
  title: 'Red mug',
  price: 12.5,
  categories: ['mugs', 'kitchen'],
  createdAtMs: Date.parse('2026-03-01T12:00:00Z'),
  attributes: {
    brand: 'OPI',
    tags: ['gift', 'red'],
    size: 40,
    code: '40',
    inStock: true,
    owner: 'in',
    none: [],
    hidden: true,
    'size.unit': 'cl',
    _internal: 'x',
    'colour-family': 'warm',
    größe: 'L',
    quote: 'a"b\'c\\d\n',
    price: 'shadowed',
    in: 1,
    true: 2,
  },
};
const bare: Item = { id: 'bare', title: '', categories: [], attributes: {} };

describe('compileFilter', () => {
  test.each<[source: string, mug: boolean, bare: boolean]>([
    ['price < 20 && category in ["mugs", "cups"] && !tag("adult")', true, false],
    // every operator
    ['price == 12.5', true, false],
    ['price != 12.5', false, false],
    ['price != 12', true, false],
    ['price < 12.5', false, false],
    ['price <= 12.5', true, false],
    ['price > 12.5', false, false],
    ['price >= 12.5', true, false],
    ['price >= 1.25e1', true, false],
    ['price > -1', true, false],
    ['price>-1&&price<20', true, false],
    ['price in [1, 12.5]', true, false],
    ['price in [1]', false, false],
    // every field
    ['id == "mug-1"', true, false],
    ['id in ["bare", "other"]', false, true],
    ['title == ""', false, true],
    ['title < "Rfd"', true, true],
    ['title == "red mug"', false, false],
    ['category == "kitchen"', true, false],
    ['category("kitchen")', true, false],
    ['category("Kitchen")', false, false],
    ['brand == "OPI"', true, false],
    ['brand > "OP" && brand < "OPJ"', true, false],
    ['size.unit == "cl"', true, false],
    ["_internal == 'x'", true, false],
    ['colour-family == "warm"', true, false],
    ['größe == "L"', true, false],
    ['inStock == true', true, false],
    ['inStock != false', true, false],
    ['inStock in [false, 1, "true"]', false, false],
    ['owner in ["in"]', true, false],
    ['in in [1]', true, false],
    ['true == 2', true, false],
    // time is compared as time
    ['createdAt == "2026-03-01T13:00:00+01:00"', true, false],
    ['createdAt > "2026-03-01T11:59:59.999Z"', true, false],
    ['createdAt >= "2026-03-01t12:00:00z"', true, false],
    ['createdAt < "2026-03-01T12:00:00-00:01"', true, false],
    ['createdAt in ["2020-01-01T00:00:00Z", "2026-03-01T12:00:00-00:00"]', true, false],
    // lists: any of; != none of
    ['tag("gift")', true, false],
    ['tags == "gift" && tag == "red"', true, false],
    ['tag in ["blue", "red"]', true, false],
    ['tag != "blue"', true, false],
    ['tag != "red"', false, false],
    ['tag > "h"', true, false],
    ['category != "mugs"', false, true],
    ['none == "x"', false, false],
    ['none != "x"', true, false],
    // nothing is converted
    ['size == 40', true, false],
    ['size == "40"', false, false],
    ['size != "40"', true, false],
    ['size < "5"', false, false],
    ['code == 40', false, false],
    ['code < 50', false, false],
    ['inStock == "true"', false, false],
    ['inStock < "z"', false, false],
    // what every item is unless it says otherwise
    ['hidden == false', false, true],
    ['hidden != false', true, false],
    ['available == true', true, true],
    ['available in [false]', false, false],
    // a field that is not there
    ['missing == 1 || missing != 1 || missing < 1 || missing >= 1 || missing in [1]', false, false],
    ['!(missing == 1)', true, true],
    ['!(brand == "OPI")', false, true],
    ['brand != "OPI"', false, false],
    ['size.missing == 1', false, false],
    // what objects inherit is not a field
    ['constructor != 1 || toString != 1 || __proto__ != 1 || hasOwnProperty != 1', false, false],
    // precedence and grouping
    ['price > 99 && id == "x" || tag("red")', true, false],
    ['price > 99 && (id == "x" || tag("red"))', false, false],
    ['tag("red") || price > 99 && id == "x"', true, false],
    ['!tag("red") || tag("red")', true, true],
    ['!!tag("red")', true, false],
    ['!(tag("red") && price > 1)', false, true],
    ['((price < 20))', true, false],
    [' \t\n price\n<\t20 ', true, false],
    // strings
    [String.raw`quote == "a\"b'c\\d\n"`, true, false],
    [String.raw`quote == 'a"b\'c\\d\u000a'`, true, false],
    ['quote == "a\\"b\'c\\\\d\n"', true, false],
    [String.raw`brand == "\u004f\u0050I"`, true, false],
    [String.raw`brand != "\/\b\f\r\t"`, true, false],
    ['brand in ["(", "&&", "]", "OPI"]', true, false],
  ])('%s', (source, onMug, onBare) => {
    const passes = compileFilter(parseFilter(source), Items.of([mug, bare]));
    expect([passes(0), passes(1)]).toEqual([onMug, onBare]);
  });

  test('an attribute may be called __proto__ or constructor', () => {
    const attributes = JSON.parse('{"__proto__": "a", "constructor": "b"}') as Item['attributes'];
    const passes = compileFilter(parseFilter('__proto__ == "a" && constructor == "b"'), Items.of([{ ...bare, attributes }, bare]));
    expect(passes(0)).toBe(true);
    expect(passes(1)).toBe(false);
  });
});

describe('formatFilter', () => {
  test.each([
    ['price<20&&( category in [ \'mugs\',"cups" ] )&&! tag( "adult" )', 'price < 20 && category in ["mugs", "cups"] && !tag("adult")'],
    ['tag == "x" || tags != "y" || category == "z" || tags == 1', 'tag("x") || tags != "y" || category("z") || tags == 1'],
    ['a == 1 && b == 2 || c == 3', 'a == 1 && b == 2 || c == 3'],
    ['a == 1 && (b == 2 || c == 3)', 'a == 1 && (b == 2 || c == 3)'],
    ['(a == 1 && b == 2) && c == 3', '(a == 1 && b == 2) && c == 3'],
    ['!(a == 1) && !!(b == true) && !(c == 1 || d == 1)', '!(a == 1) && !!(b == true) && !(c == 1 || d == 1)'],
    ['createdAt < "2026-03-01T13:00:00.123987+01:00"', 'createdAt < "2026-03-01T12:00:00.123Z"'],
    ['a in [1.50, -0, 1e21, 007]', 'a in [1.5, 0, 1e+21, 7]'],
    ['a == "\ud800é\u0001"', String.raw`a == "\ud800é\u0001"`],
  ])('%s', (source, canonical) => {
    expect(formatFilter(parseFilter(source))).toBe(canonical);
    expect(parseFilter(canonical)).toEqual(parseFilter(source));
  });
});

describe('parseFilter refuses', () => {
  test.each<[source: string, expected: string, character: number]>([
    ['', 'a condition', 1],
    ['   ', 'a condition', 4],
    ['20 > price', 'a condition', 1],
    ['"price" < 20', 'a condition', 1],
    ['price < 20 &&', 'a condition', 14],
    ['price < 20 || )', 'a condition', 15],
    ['()', 'a condition', 2],
    ['!', 'a condition', 2],
    ['!20', 'a condition', 2],
    ['price', '==, !=, <, <=, >, >= or in after a field', 6],
    ['foo("x")', '==, !=, <, <=, >, >= or in after a field', 4],
    ['tags("x")', '==, !=, <, <=, >, >= or in after a field', 5],
    ['brand ! "x"', '==, !=, <, <=, >, >= or in after a field', 7],
    ['brand not in ["x"]', '==, !=, <, <=, >, >= or in after a field', 7],
    ['!price < 20', '(, tag(…) or category(…) after !', 2],
    ['!inStock', '(, tag(…) or category(…) after !', 2],
    ['price < 20 and brand == "x"', '&&, || or the end', 12],
    ['price < 20)', '&&, || or the end', 11],
    ['price < 20 30', '&&, || or the end', 12],
    ['1 < price < 20', 'a condition', 1],
    ['price < 20 < 30', '&&, || or the end', 12],
    ['(price < 20', '&&, || or )', 12],
    ['(price < 20 brand', '&&, || or )', 13],
    // literals by what the field holds
    ['brand ==', 'a number, a string, true or false', 9],
    ['brand == OPI', 'a number, a string, true or false', 10],
    ['brand == null', 'a number, a string, true or false', 10],
    ['brand in []', 'a number, a string, true or false', 11],
    ['brand in ["x",]', 'a number, a string, true or false', 15],
    ['brand in [["x"]]', 'a number, a string, true or false', 11],
    ['inStock < true', 'a number or a string', 11],
    ['price < "20"', 'a number', 9],
    ['price == true', 'a number', 10],
    ['price in [1, "2"]', 'a number', 14],
    ['id == 7', 'a string', 7],
    ['title == false', 'a string', 10],
    ['category in ["a", 1]', 'a string', 19],
    ['tag(1)', 'a string', 5],
    ['tag()', 'a string', 5],
    ['category(mugs)', 'a string', 10],
    ['tag("a", "b")', ')', 8],
    ['tag("a"', ')', 8],
    ['brand in "x"', '[ after in', 10],
    ['brand in ["x" "y"]', ', or ]', 15],
    ['brand in ["x"', ', or ]', 14],
    // times
    ['createdAt > 1700000000000', 'a time', 13],
    ['createdAt > "yesterday"', 'a time', 13],
    ['createdAt > "2026-03-01"', 'a time', 13],
    ['createdAt > "2026-03-01T12:00:00"', 'a time', 13],
    ['createdAt > "2026-03-01 12:00:00Z"', 'a time', 13],
    ['createdAt > "2026-02-29T12:00:00Z"', 'a time', 13],
    ['createdAt > "2026-00-01T12:00:00Z"', 'a time', 13],
    ['createdAt > "2026-13-01T12:00:00Z"', 'a time', 13],
    ['createdAt > "2026-03-01T24:00:00Z"', 'a time', 13],
    ['createdAt > "2026-03-01T12:00:60Z"', 'a time', 13],
    ['createdAt > "2026-03-01T12:00:00+24:00"', 'a time', 13],
    ['createdAt > "0000-01-01T00:00:00+00:01"', 'a time', 13],
    ['createdAt > "9999-12-31T23:59:59-00:01"', 'a time', 13],
    // fields of an item that no filter reads
    ['url == "https://shop.test/mug"', 'id, title, price, category, createdAt, available, hidden or an attribute', 1],
    ['price < 2 && description == "x"', 'id, title, price, category, createdAt, available, hidden or an attribute', 14],
    ['image in ["x"]', 'id, title, price, category, createdAt, available, hidden or an attribute', 1],
    ['!(validFrom > "2026-01-31T00:00:00Z")', 'id, title, price, category, createdAt, available, hidden or an attribute', 3],
    // letters
    ['brand = "x"', 'a field, an operator or a literal', 7],
    ['brand === "x"', 'a field, an operator or a literal', 9],
    ['price < 20 & brand == "x"', 'a field, an operator or a literal', 12],
    ['price < 20 | brand == "x"', 'a field, an operator or a literal', 12],
    ['brand == “x”', 'a field, an operator or a literal', 10],
    ['brand == "😀" && 😀 == 1', 'a field, an operator or a literal', 18],
    ['price + 1 < 20', 'a field, an operator or a literal', 7],
    ['brand == "x', 'a string that ends', 10],
    ["brand == 'x\\'", 'a string that ends', 10],
    ['brand == "a\\x"', String.raw`one of \" \' \\ \/ \b \f \n \r \t \u0000`, 12],
    ['brand == "\\u12"', String.raw`one of \" \' \\ \/ \b \f \n \r \t \u0000`, 11],
    ['size == 12ml', 'a number', 9],
    ['size == 1.2.3', 'a number', 9],
    ['size == .5', 'a number', 9],
    ['size == 1.', 'a number', 9],
    ['size == - 1', 'a number', 9],
    ['size == --1', 'a number', 9],
    ['size == 1e', 'a number', 9],
    ['size == 0x10', 'a number', 9],
    ['size == 1e999', 'a number within ±1.8e308', 9],
  ])('%s', (source, expected, character) => {
    expect(refusal(source)).toMatchObject({ code: 'invalid_filter', path: 'filter' });
    expect(refusal(source).message).toMatch(`expected ${expected} at character ${character}, found `);
  });

  test.each([
    ['brand = "x"', 'expected a field, an operator or a literal at character 7, found =: write =='],
    [
      'brand',
      'expected ==, !=, <, <=, >, >= or in after a field at character 6, found the end: compare it, e.g. brand == "…"; only tag("…") and category("…") stand alone',
    ],
    [
      'categories == "mugs"',
      'expected id, title, price, category, createdAt, available, hidden or an attribute at character 1, found categories: write category',
    ],
    [
      'markets == "GB"',
      'expected id, title, price, category, createdAt, available, hidden or an attribute at character 1, found markets: every answer keeps to it by itself: send the market of the user',
    ],
    ['(price < 20', 'expected &&, || or ) at character 12, found the end: close the ( of character 1'],
    ['createdAt > "now"', 'expected a time at character 13, found "now": write it as RFC 3339 in quotes, e.g. "2026-01-31T00:00:00Z"'],
    [`price < "${'9'.repeat(99)}"`, `expected a number at character 9, found "${'9'.repeat(39)}…: write it without quotes, e.g. 20`],
  ])('and says what to do: %s', (source, message) => {
    expect(refusal(source).message).toBe(message);
  });
});

describe('bounds', () => {
  const ofLength = (chars: number) => `brand == "${'x'.repeat(chars - 'brand == ""'.length)}"`;

  test('filterChars', () => {
    const longest = ofLength(LIMITS.filterChars);
    expect(longest).toHaveLength(LIMITS.filterChars);
    expect(() => parseFilter(longest)).not.toThrow();
    expect(refusal(ofLength(LIMITS.filterChars + 1)).message).toBe(
      `expected at most ${LIMITS.filterChars} characters, so the end at character ${LIMITS.filterChars + 1}, found ": write a shorter filter`,
    );
  });

  test.each([
    ['(', (depth: number) => `${'('.repeat(depth)}tag("x")${')'.repeat(depth)}`],
    ['!', (depth: number) => `${'!'.repeat(depth)}tag("x")`],
    ['!(', (depth: number) => `${'!('.repeat(depth >> 1)}${'!'.repeat(depth & 1)}tag("x")${')'.repeat(depth >> 1)}`],
  ])('filterDepth of %s', (_, nested) => {
    expect(() => parseFilter(nested(LIMITS.filterDepth))).not.toThrow();
    expect(refusal(nested(LIMITS.filterDepth + 1)).message).toBe(
      `expected at most ${LIMITS.filterDepth} ( and ! inside one another at character ${LIMITS.filterDepth + 1}, found ${nested(LIMITS.filterDepth + 1)[LIMITS.filterDepth]}: write a flatter filter`,
    );
  });

  test('filterDepth counts what is open, not what was', () => {
    const deep = '(!tag("x"))';
    expect(() => parseFilter(Array(LIMITS.filterDepth).fill(deep).join('&&'))).not.toThrow();
  });

  test('the canonical source nests no deeper than what was written', () => {
    const deepest = `${'('.repeat(LIMITS.filterDepth - 1)}!tag("x")${')'.repeat(LIMITS.filterDepth - 1)}`;
    expect(formatFilter(parseFilter(deepest))).toBe('!tag("x")');
    const alternating = `${'(tag("x") && !'.repeat(LIMITS.filterDepth / 2)}tag("x")${')'.repeat(LIMITS.filterDepth / 2)}`;
    expect(parseFilter(formatFilter(parseFilter(alternating)))).toEqual(parseFilter(alternating));
  });
});

function refusal(source: string): EdgewiseError {
  try {
    parseFilter(source);
  } catch (error) {
    if (error instanceof EdgewiseError) return error;
    throw error;
  }
  throw new Error(`parsed: ${source}`);
}
