import { describe, expect, test } from 'vitest';
import { syntheticDataset } from '../../../src/dataset/synthetic.ts';
import { orderTies } from '../../../src/dataset/ties.ts';
import { openTrial, trainingTrial } from '../../../src/evaluation/models.ts';
import { writeArtefacts } from '../../../src/training/artefacts.ts';
import { temporaryFolder } from '../../fixtures/folder.ts';
import { coarsen } from '../../fixtures/sequences.ts';
import { makeShop } from '../../fixtures/shop.ts';

const dataset = coarsen(syntheticDataset({ users: 30, items: 40, seed: 1, meanInteractions: 6 }), 24 * 3600 * 1000);

async function folderOf(data: object): Promise<string> {
  const folder = await temporaryFolder();
  const shop = makeShop();
  await writeArtefacts(folder, { ...shop, model: { ...shop.model, data: { ...shop.model.data, hash: dataset.hash, ...data } } });
  return folder;
}

describe('a model that is there', () => {
  test('is tested on what was held out of it', async () => {
    const shuffled = await openTrial(dataset, await folderOf({ protocol: 'leave-one-out', ties: 'shuffled' }), {});
    expect(shuffled.split.protocol).toBe('leave-one-out');
    expect(shuffled.dataset.item).toEqual(orderTies(dataset, 'shuffled').item);
    const trial = await openTrial(dataset, await folderOf({ protocol: 'temporal' }), { ties: 'file' });
    expect([trial.split.protocol, trial.ties, trial.dataset]).toEqual(['temporal', 'file', dataset]);
    expect(trial.models.map(({ seed }) => seed)).toEqual([1]);
  });

  test('is refused with other data, another protocol or other ties', async () => {
    const folder = await folderOf({ protocol: 'leave-one-out' });
    await expect(openTrial({ ...dataset, hash: 'other' }, folder, {})).rejects.toThrow('was trained on other data than synthetic');
    await expect(openTrial(dataset, folder, { protocol: 'temporal' })).rejects.toThrow(
      'was trained with protocol leave-one-out: with temporal it has seen what would be held out',
    );
    await expect(openTrial(dataset, folder, { ties: 'shuffled' })).rejects.toThrow('was trained with ties file: with shuffled it has seen');
  });
});

test('models to be trained have seeds from 1, and nothing is trained before it is asked for', () => {
  const hooks = { nowMs: () => 0, onEpoch: async () => undefined };
  const trial = trainingTrial(dataset, { protocol: 'temporal', ties: 'shuffled' }, { seeds: 3, budgetMs: 1, command: 'test' }, hooks);
  expect(trial.models.map(({ seed }) => seed)).toEqual([1, 2, 3]);
  expect([trial.split.protocol, trial.ties]).toEqual(['temporal', 'shuffled']);
});
