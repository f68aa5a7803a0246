import { readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { normal, seededRandom } from '../../../src/kernel/random.ts';
import { loadCheckpoint, removeCheckpoint, saveCheckpoint } from '../../../src/training/checkpoint.ts';
import type { TrainingState } from '../../../src/training/train-encoder.ts';
import { temporaryFolder } from '../../fixtures/folder.ts';

const FILE = 'checkpoint.bin';
const random = seededRandom(1);
const array = (length = 50) => Float32Array.from({ length }, () => normal(random));
const STATE: TrainingState = {
  epoch: 7,
  step: 123,
  weights: array(),
  moment1: array(),
  moment2: array(),
  bestWeights: array(),
  bestNdcg10: 0.123456789,
  bestEpoch: 5,
};

describe('a checkpoint', () => {
  test('is read as it was saved, by the same run only', async () => {
    const folder = await temporaryFolder();
    await saveCheckpoint(folder, 'key', STATE);
    expect(await loadCheckpoint(folder, 'key')).toEqual(STATE);
    await expect(loadCheckpoint(folder, 'another')).rejects.toThrow('of other data or options');
  });

  test('takes the place of the one before, and leaves nothing else behind', async () => {
    const folder = await temporaryFolder();
    await saveCheckpoint(folder, 'key', STATE);
    await saveCheckpoint(folder, 'key', { ...STATE, epoch: 8 });
    expect((await loadCheckpoint(folder, 'key'))?.epoch).toBe(8);
    expect(await readdir(folder)).toEqual([FILE]);
    await removeCheckpoint(folder);
    expect(await readdir(folder)).toEqual([]);
  });

  test('need not be there', async () => {
    const folder = await temporaryFolder();
    expect(await loadCheckpoint(folder, 'key')).toBeUndefined();
    await expect(removeCheckpoint(folder)).resolves.toBeUndefined();
    await expect(loadCheckpoint(join(folder, 'not', 'there'), 'key')).resolves.toBeUndefined();
  });

  test('saves what an array shows of a larger one', async () => {
    const folder = await temporaryFolder();
    const whole = array(60);
    await saveCheckpoint(folder, 'key', { ...STATE, weights: whole.subarray(10) });
    expect((await loadCheckpoint(folder, 'key'))?.weights).toEqual(whole.slice(10));
  });

  test('is refused when it is not whole, wherever it ends', async () => {
    const folder = await temporaryFolder();
    await saveCheckpoint(folder, 'key', STATE);
    const path = join(folder, FILE);
    const bytes = await readFile(path);
    const header = bytes.indexOf('\n');
    for (const end of [
      0,
      1,
      Math.floor(header / 2),
      header,
      header + 1,
      header + 2,
      bytes.length - 200,
      bytes.length - 4,
      bytes.length - 1,
    ]) {
      await writeFile(path, bytes);
      await truncate(path, end);
      await expect(loadCheckpoint(folder, 'key'), `${end} of ${bytes.length} bytes`).rejects.toThrow('not whole');
    }
    await writeFile(path, Buffer.concat([bytes, Buffer.from([0])]));
    await expect(loadCheckpoint(folder, 'key')).rejects.toThrow('not whole');
  });
});
