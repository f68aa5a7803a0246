import { expect, test } from 'vitest';

import { count, table } from '../../../src/cli/output.ts';

test('a table aligns numbers to the right and text to the left', () => {
  expect(
    table([
      ['users', 4334, 'all'],
      ['interactions', 385_991],
      ['x', 'none', ''],
    ]),
  ).toEqual(['users           4,334  all', 'interactions  385,991', 'x             none']);
});

test('counts are grouped', () => {
  expect(count(385_991)).toBe('385,991');
});
