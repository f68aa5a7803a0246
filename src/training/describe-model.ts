import type { Dataset } from '../dataset/dataset.ts';
import { hasAbsoluteTimes } from '../dataset/times.ts';
import { FEATURES, featureSchemaHash } from '../model/features.ts';
import type { ModelManifest, ScoringWeights } from '../model/manifest.ts';
import type { TrainingConfig, TrainingState } from './train-encoder.ts';
import type { TrainingData } from './training-data.ts';

/** What is known of a model before its ranker is trained. */
export function describeModel(
  { dataset, split: { protocol }, ties }: TrainingData,
  { encoder, seed }: TrainingConfig,
  state: TrainingState,
  command: string,
): ModelManifest {
  return {
    format: 2,
    catalogue: dataset.name,
    items: dataset.items.length,
    encoder,
    featureSchema: featureSchemaHash(),
    coldScoring: Object.fromEntries(FEATURES.map(({ name }) => [name, 0])) as ScoringWeights,
    data: { hash: dataset.hash, users: dataset.users.length, interactions: dataset.item.length, ...newestOf(dataset), protocol, ties },
    seed,
    validation: { epoch: state.bestEpoch, ndcg10: state.bestNdcg10 },
    command,
  };
}

/** When the newest interaction was: what comes after it no part of the model has seen. */
function newestOf(dataset: Dataset): { readonly newestAt?: string } {
  if (!hasAbsoluteTimes(dataset)) return {};
  return { newestAt: new Date(dataset.atMs.reduce((newest, atMs) => Math.max(newest, atMs), 0)).toISOString() };
}
