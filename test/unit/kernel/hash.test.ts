import { expect, test } from 'vitest';
import { fnv1a } from '../../../src/kernel/hash.ts';

test('a text gives a number, as FNV-1a has it', () => {
  expect([fnv1a(''), fnv1a('a'), fnv1a('foobar')]).toEqual([0x811c9dc5, 0xe40c292c, 0xbf9cf968]);
});
