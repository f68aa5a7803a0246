import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { writeRankingCases } from '../../../src/cli/ranking-cases-csv.ts';
import { FEATURE_COUNT, FEATURES } from '../../../src/model/features.ts';
import { folderOf } from '../dataset/files.ts';

test('a line a candidate, the targets labelled 1', async () => {
  const path = `${await folderOf({})}/cases.csv`;
  const features = Float32Array.from({ length: 3 * FEATURE_COUNT }, (_, at) => at / 2);
  await writeRankingCases(path, [
    { features, targets: 1 },
    { features: features.slice(0, FEATURE_COUNT), targets: 1 },
  ]);
  const [header, ...rows] = (await readFile(path, 'utf8')).trimEnd().split('\n');
  expect(header).toBe(`case,label,${FEATURES.map(({ name }) => name).join()}`);
  expect(rows.map((row) => row.split(',').map(Number))).toEqual([
    [0, 1, ...features.slice(0, FEATURE_COUNT)],
    [0, 0, ...features.slice(FEATURE_COUNT, 2 * FEATURE_COUNT)],
    [0, 0, ...features.slice(2 * FEATURE_COUNT)],
    [1, 1, ...features.slice(0, FEATURE_COUNT)],
  ]);
});
