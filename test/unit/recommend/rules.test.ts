import { expect, test } from 'vitest';
import { applyRules } from '../../../src/recommend/rules.ts';

const SCORED = [4, 2, 0, 1, 3, 5].map((row, at) => ({ row, score: 10 - at }));
const session = {
  length: 2,
  seen: new Map([
    [2, 1],
    [3, 1],
  ]),
  recent: [2, 3],
  counted: [2, 3],
  unknown: [],
};

test('rules keep the order of the score and say what they dropped, each by the first rule that it breaks', () => {
  const permitted = new Uint8Array([1, 0, 0, 1, 1, 1]);
  const { kept, dropped } = applyRules(SCORED, { session, seen: 'drop', excluded: new Set([5, 2, 1]), permitted, limit: 10 });
  expect(kept).toEqual([
    { row: 4, score: 10 },
    { row: 0, score: 8 },
  ]);
  expect(dropped).toEqual([
    { row: 2, rule: 'filtered' },
    { row: 1, rule: 'filtered' },
    { row: 3, rule: 'seen' },
    { row: 5, rule: 'excluded' },
  ]);
});

test('without a filter and with what was seen allowed, only what is excluded goes', () => {
  const { kept, dropped } = applyRules(SCORED, { session, seen: 'allow', excluded: new Set([-1, 0]), permitted: undefined, limit: 10 });
  expect(kept.map(({ row }) => row)).toEqual([4, 2, 1, 3, 5]);
  expect(dropped).toEqual([{ row: 0, rule: 'excluded' }]);
});

test('stop where enough is found', () => {
  const { kept, dropped } = applyRules(SCORED, { session, seen: 'drop', excluded: new Set([0]), permitted: undefined, limit: 2 });
  expect(kept.map(({ row }) => row)).toEqual([4, 1]);
  expect(dropped.map(({ row }) => row)).toEqual([2, 0]);
});
