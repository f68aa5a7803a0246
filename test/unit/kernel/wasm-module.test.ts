import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  changeSections,
  encodeUnsigned,
  readBodies,
  readSections,
  readUnsigned,
  SECTION,
  writeBodies,
} from '../../../src/kernel/wasm-module.ts';
import { joinBytes } from '../../../src/kernel/bytes.ts';

const scan = new Uint8Array(readFileSync('src/kernel/scan.wasm'));

test('a number is read as it was written', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.nat({ max: 5 }), (value, before) => {
      const bytes = joinBytes([new Uint8Array(before), encodeUnsigned(value)]);
      expect(readUnsigned(bytes, before)).toEqual({ value, end: bytes.length });
    }),
  );
  expect(() => readUnsigned(Uint8Array.of(0x80), 0)).toThrow(RangeError);
});

test('a module of which nothing is changed is the same', () => {
  expect(changeSections(scan, ({ content }) => content)).toEqual(scan);
  const rewritten = changeSections(scan, ({ id, content }) => (id === SECTION.code ? writeBodies(readBodies(content)) : content));
  expect(rewritten).toEqual(scan);
});

test('a module that is not whole is refused', () => {
  const ends = new Set<number>();
  let end = 8;
  for (const { content } of readSections(scan)) ends.add((end += 1 + encodeUnsigned(content.length).length + content.length));
  for (let length = 9; length < scan.length; length++)
    if (!ends.has(length)) expect(() => readSections(scan.subarray(0, length)), `${length} bytes`).toThrow(RangeError);
});
