import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromBase64Url, toBase64Url } from '../../../src/kernel/base64url.ts';

test('a text is written as its UTF-8, and read again', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: 'grapheme' })), (text) => {
      const written = toBase64Url(text);
      expect(written).toBe(Buffer.from(text).toString('base64url'));
      expect(fromBase64Url(written)).toBe(text);
    }),
  );
});
