import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isTime, parseTimeMs } from '../../../src/domain/time.ts';

test('whatever is written as RFC 3339 is read, in capitals or not', () => {
  fc.assert(
    fc.property(fc.date({ min: new Date(-62167219200000), max: new Date(253402300799999), noInvalidDate: true }), (date) => {
      const text = date.toISOString();
      expect([parseTimeMs(text), parseTimeMs(text.toLowerCase())]).toEqual([date.getTime(), date.getTime()]);
    }),
  );
});

test('of every day there is, and no other', () => {
  for (const year of [1900, 2000, 2023, 2024]) {
    for (let month = 0; month <= 13; month++) {
      for (let day = 0; day <= 32; day++) {
        const date = new Date(Date.UTC(year, month - 1, day));
        const isDay = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
        const text = `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}T00:00:00Z`;
        expect([text, parseTimeMs(text)]).toEqual([text, isDay ? date.getTime() : undefined]);
      }
    }
  }
});

test.for([
  '2026-11-24',
  '2026-11-24T09:30Z',
  '2026-11-24T09:30:00',
  '2026-11-24 09:30:00Z',
  '2026-11-24T24:00:00Z',
  '2026-11-24T23:59:60Z',
  '2026-11-24T09:30:00+0100',
  '2026-11-24T09:30:00+24:00',
  '2026-11-24T09:30:00.Z',
  ' 2026-11-24T09:30:00Z',
  '0000-01-01T00:00:00+00:01',
  '9999-12-31T23:59:59-00:01',
])('%s is none', (text) => {
  expect(isTime(text)).toBe(false);
  expect(parseTimeMs(text)).toBeUndefined();
});
