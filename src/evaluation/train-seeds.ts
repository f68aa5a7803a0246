import type { Artefacts } from '../catalog/snapshot.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { TieOrder } from '../dataset/ties.ts';
import { layOut } from '../training/parameters.ts';
import type { Split } from '../training/split.ts';
import { startTraining, TRAINING_DEFAULTS, trainEncoder, type EpochReport } from '../training/train-encoder.ts';
import { finishModel } from '../training/train.ts';

export interface SeedOptions {
  readonly seed: number;
  /** No epoch begins that would not end by then. */
  readonly budgetMs: number;
  readonly ties: TieOrder;
  readonly command: string;
}

export interface SeedHooks {
  readonly nowMs: () => number;
  readonly onEpoch: (report: EpochReport) => void;
}

/** Trains a model from scratch as `edgewise train` does, within a budget of time. */
export async function trainSeed(
  dataset: Dataset,
  split: Split,
  { seed, budgetMs, ties, command }: SeedOptions,
  { nowMs, onEpoch }: SeedHooks,
): Promise<Artefacts> {
  const config = { ...TRAINING_DEFAULTS, seed };
  const state = startTraining(layOut(config.encoder, dataset.items.length), seed);
  const startedMs = nowMs();
  let slowestMs = 0;
  while (state.epoch < config.epochsMax && state.epoch - state.bestEpoch < config.patience) {
    const epochMs = nowMs();
    if (state.epoch > 0 && epochMs - startedMs + slowestMs > budgetMs) break;
    await trainEncoder(dataset, split, { ...config, epochsMax: state.epoch + 1 }, state, {
      nowMs,
      onEpoch: async (report) => onEpoch(report),
    });
    slowestMs = Math.max(slowestMs, nowMs() - epochMs);
  }
  const artefacts = await finishModel(dataset, split, config, state, command);
  return { ...artefacts, model: { ...artefacts.model, data: { ...artefacts.model.data, ties } } };
}
