import { expect, test } from 'vitest';
import { syntheticDataset } from '../../../src/dataset/synthetic.ts';
import { splitDataset } from '../../../src/training/split.ts';
import { trainModel } from '../../../src/training/train.ts';
import { TRAINING_DEFAULTS, type TrainingConfig } from '../../../src/training/train-encoder.ts';
import { prepareTraining } from '../../../src/training/training-data.ts';

const CONFIG: TrainingConfig = {
  ...TRAINING_DEFAULTS,
  encoder: { dims: 8, blocks: 1, heads: 1, length: 6, hidden: 8 },
  seed: 3,
  settlingEpochs: 1,
  threads: 1,
};

test('training begins no epoch after which its weights would not settle in time, but does one, and says how ties were taken', async () => {
  const dataset = syntheticDataset({ users: 30, items: 30, seed: 1, meanInteractions: 8 });
  const data = prepareTraining(dataset, splitDataset(dataset, 'leave-one-out'), 'shuffled', 3);
  const epochsWithin = async (budgetMs: number) => {
    const epochs: number[] = [];
    let clockMs = 0;
    const { model } = await trainModel(data, CONFIG, 'test', {
      budgetMs,
      nowMs: () => clockMs,
      onBatch: (done, total) => void (done === total && (clockMs += 1000)),
      onEpoch: async ({ epoch }) => void epochs.push(epoch),
    });
    expect(model).toMatchObject({ seed: 3, command: 'test', data: { protocol: 'leave-one-out', ties: 'shuffled' } });
    return epochs;
  };
  expect(await epochsWithin(5500 / 0.85)).toEqual([1, 2, 3]); // two more let the weights settle
  expect(await epochsWithin(4900 / 0.85)).toEqual([1, 2]);
  expect(await epochsWithin(-10)).toEqual([1]);
});
