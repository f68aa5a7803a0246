import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fnv1a, fnv1aOf } from '../../../src/kernel/hash.ts';

test('a text gives a number, as FNV-1a has it', () => {
  expect([fnv1a(''), fnv1a('a'), fnv1a('foobar')]).toEqual([0x811c9dc5, 0xe40c292c, 0xbf9cf968]);
});

test('a text gives the number of its UTF-8', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const bytes = new TextEncoder().encode(text);
      expect(fnv1a(text)).toBe(fnv1aOf(bytes, 0, bytes.length));
    }),
  );
});
