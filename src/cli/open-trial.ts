import { readDataset } from '../dataset/read.ts';
import { openTrial, type Trial } from '../evaluation/models.ts';
import type { Serving } from '../recommend/serving.ts';
import { openServing } from '../training/open-serving.ts';

/** The model of a folder as it serves, with the data it was trained on and what was held out of it. To be retired after use. */
export async function openServedTrial(data: string, folder: string): Promise<Omit<Trial, 'models'> & { readonly serving: Serving }> {
  const { dataset: read } = await readDataset(data);
  const { models, ...trial } = await openTrial(read, folder, {});
  return { ...trial, serving: await openServing(await models[0]!.open()) };
}
