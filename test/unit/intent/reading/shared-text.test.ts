import { describe, expect, test } from 'vitest';
import { LIMITS } from '../../../../src/domain/limits.ts';
import { sharedText } from '../../../../src/intent/reading/shared-text.ts';
import { INJECTIONS } from '../../../fixtures/injections.ts';

describe('a text that may be read for everybody', () => {
  test.each([
    ['  Warm  DRINKS for a hike!  ', 'warm drinks for a hike'],
    ['mugs, not red ones, under £3.50', 'mugs, not red ones, under £3.50'],
    ['Something for grandma. Cheap.', 'something for grandma cheap'],
    ['给奶奶的礼物，20元以下', '给奶奶的礼物,20元以下'],
    ['gift 50 % cheaper', 'gift 50 cheaper'],
  ])('has one spelling: %j', (text, shared) => {
    expect(sharedText(text)).toBe(shared);
    expect(sharedText(shared)).toBe(shared);
  });

  test.each([
    'write to ann@example.com about mugs',
    'call +44 20 7946 0958',
    'order 1048576',
    'card 4111 1111 1111 1111',
    'voucher a1b2c3d4',
    'see www.shop.example',
    'mugs for https://shop.example',
    '<b>mugs</b>',
    '',
    '  !?  ',
  ])('is not %j', (text) => {
    expect(sharedText(text)).toBeUndefined();
  });

  test('has so many words and characters, and no number of more than four digits', () => {
    const words = (count: number) => Array.from({ length: count }, () => 'mug').join(' ');
    expect([sharedText(words(LIMITS.sharedWords)), sharedText(words(LIMITS.sharedWords + 1))]).toEqual([
      words(LIMITS.sharedWords),
      undefined,
    ]);
    const long = 'm'.repeat(LIMITS.queryChars);
    expect([sharedText(long), sharedText(`${long}m`)]).toEqual([long, undefined]);
    expect([sharedText('mug 1234'), sharedText('mug 12345')]).toEqual(['mug 1234', undefined]);
  });

  test(`is none of ${INJECTIONS.length} orders, links and pieces of markup, except for prices`, () => {
    const passed = INJECTIONS.filter((text) => sharedText(text) !== undefined);
    // What is forbidden in a sentence of ours only for naming money is a search like any other.
    expect(passed.filter((text) => !/[\p{Sc}%％]/u.test(text))).toEqual([]);
  });
});
