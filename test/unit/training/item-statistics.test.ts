import { expect, test } from 'vitest';
import { countItems } from '../../../src/training/item-statistics.ts';

const DAY_MS = 24 * 3600 * 1000;
const SEQUENCES = {
  itemCount: 4,
  item: Int32Array.from([0, 1, 0, 2, 0, 3]),
  start: Int32Array.from([0, 3]),
  end: Int32Array.from([3, 5]), // what comes last is held out
};

test('counts what is known, what is new of it, and how long an item has been there', () => {
  const atMs = Float64Array.from([0, 50, 99, 100, 40, 7].map((day) => day * DAY_MS));
  const { popularity, trend, ageDays } = countItems({ ...SEQUENCES, atMs });
  expect([...popularity]).toEqual([3, 1, 1, 0]);
  expect([...trend]).toEqual([1, 0, 1, 0]);
  expect([...ageDays]).toEqual([100, 50, 0, 0]);
});

test('without times there is neither trend nor age', () => {
  const { popularity, trend, ageDays } = countItems(SEQUENCES);
  expect([...popularity]).toEqual([3, 1, 1, 0]);
  expect([...trend, ...ageDays]).toEqual(Array.from({ length: 8 }, () => 0));
});
