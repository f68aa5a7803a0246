import { expect, test } from 'vitest';
import { joinBytes } from '../../../src/kernel/bytes.ts';

test('arrays of any numbers are joined by their bytes, and only by those they see of a buffer', () => {
  const part = Uint8Array.of(9, 1, 2, 9).subarray(1, 3);
  expect(joinBytes([part, Uint16Array.of(0x0403), new Float64Array(0), Int8Array.of(-1)])).toEqual(Uint8Array.of(1, 2, 3, 4, 255));
  expect(joinBytes([])).toEqual(new Uint8Array());
});
