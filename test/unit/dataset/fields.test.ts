import { describe, expect, test } from 'vitest';

import { parseId, parseNumber, parseTimeMs, parseValue } from '../../../src/dataset/fields.ts';
import { LIMITS } from '../../../src/domain/limits.ts';

describe('times', () => {
  const wantedMs = Date.UTC(2020, 1, 29, 12, 30, 15);
  test.each([
    wantedMs / 1000,
    wantedMs,
    String(wantedMs / 1000),
    String(wantedMs),
    '2020-02-29T12:30:15Z',
    '2020-02-29t12:30:15.000z',
    '2020-02-29 14:30:15+02:00',
  ])('%s', (time) => {
    expect(parseTimeMs(time)).toBe(wantedMs);
  });

  test.each([
    [0, 0],
    [-1.5, -1500],
    ['1e9', 1e12],
    [99_999_999_999, 99_999_999_999_000],
    [100_000_000_000, 100_000_000_000],
    [946684800.5006, 946684800501],
    ['2020-02-29', Date.UTC(2020, 1, 29)],
    ['0000-01-01T00:00:00Z', -62167219200000],
    ['9999-12-31T23:59:59.999Z', 253402300799999],
  ])('%s is %d ms', (time, ms) => {
    expect(parseTimeMs(time)).toBe(ms);
  });

  test.each([
    ['2020-02-29T12:30:15', 'RFC 3339 with Z or an offset'],
    ['2020-02-29T25:00:00Z', 'RFC 3339'],
    ['29.2.2020', 'RFC 3339'],
    ['0x10', 'RFC 3339'],
    [true, 'time true is neither'],
    ['2021-02-29', 'names a day that does not exist'],
    ['2021-02-30T00:00:00Z', 'names a day that does not exist'],
    [1577836800000000, 'is outside the years 0000 to 9999'],
    [-1e14, 'is outside the years 0000 to 9999'],
    ['0000-01-01T00:00:00+01:00', 'is outside the years 0000 to 9999'],
  ])('%s is none', (time, fault) => {
    expect(() => parseTimeMs(time)).toThrow(fault);
  });
});

describe('ids', () => {
  test('are text or whole numbers', () => {
    expect(parseId('007', 'item')).toBe('007');
    expect(parseId(7, 'item')).toBe('7');
    for (const none of ['', null, undefined]) expect(() => parseId(none, 'item')).toThrow('has no item');
    for (const wrong of [1.5, 2 ** 53, NaN]) expect(() => parseId(wrong, 'item')).toThrow('is not an exact whole number');
    for (const wrong of [true, {}, ['a']]) expect(() => parseId(wrong, 'item')).toThrow('item is neither text nor a whole number');
  });

  test('are one line', () => {
    expect(() => parseId('..', 'item')).toThrow('item ".." is none that an address can hold');
    expect(() => parseId('a\nb', 'item')).toThrow('item "a\\nb" holds a line break');
  });

  test('are no longer than the service takes them', () => {
    expect(parseId('x'.repeat(LIMITS.idChars), 'user')).toHaveLength(LIMITS.idChars);
    expect(() => parseId('x'.repeat(LIMITS.idChars + 1), 'user')).toThrow(`user has more than ${LIMITS.idChars} characters`);
  });
});

describe('numbers', () => {
  test('are decimal', () => {
    for (const [text, number] of [
      ['1', 1],
      ['-.5', -0.5],
      ['+1.', 1],
      ['1e3', 1000],
      [2, 2],
      ['-0', 0],
    ] as const) {
      expect(parseNumber(text, 'price')).toBe(number);
    }
    for (const wrong of ['', ' ', '1,5', '0x1', 'Infinity', '1e999', NaN, null, true, '£1']) {
      expect(() => parseNumber(wrong, 'price')).toThrow('is not a number');
    }
  });

  test('of an interaction fit 32 bits', () => {
    expect(parseValue('0.1')).toBe(Math.fround(0.1));
    expect(parseValue(-1e-60)).toBe(0);
    expect(parseValue('')).toBeNaN();
    expect(() => parseValue(1e39)).toThrow('value 1e+39 does not fit 32 bits');
  });
});
