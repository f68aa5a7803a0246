import fc from 'fast-check';
import { expect, test } from 'vitest';
import { firstNotBelow } from '../../../src/kernel/search.ts';

test('is where a look at one after another finds it', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -9, max: 9 })), fc.integer({ min: -10, max: 10 }), (values, value) => {
      const rising = Int32Array.from(values).sort();
      const found = rising.findIndex((one) => one >= value);
      expect(firstNotBelow(rising, value)).toBe(found < 0 ? rising.length : found);
    }),
  );
});
