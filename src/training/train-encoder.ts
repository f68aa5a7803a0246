import type { Dataset } from '../dataset/dataset.ts';
import { seededRandom } from '../kernel/random.ts';
import type { EncoderConfig } from '../model/encoder.ts';
import { adamCorrections } from './adam.ts';
import { buildStep } from './graphs.ts';
import { layOut, startingWeights, type ParameterLayout } from './parameters.ts';
import { openSession } from './session.ts';
import { sampleCases, type Split } from './split.ts';
import { openValidator } from './validation.ts';
import { batchForTraining, batchWindows, epochOrder, trainingWindows } from './windows.ts';

export interface TrainingConfig {
  readonly encoder: EncoderConfig;
  readonly seed: number;
  readonly dropout: number;
  readonly learningRate: number;
  /** Windows a step. */
  readonly batch: number;
  readonly epochsMax: number;
  /** Epochs without a better validation before training stops. */
  readonly patience: number;
  /** Held-out cases measured after an epoch; a sample keeps large data quick. */
  readonly validationCases: number;
  readonly threads: number;
}

export const TRAINING_DEFAULTS: TrainingConfig = {
  encoder: { dims: 64, blocks: 2, heads: 1, length: 50, hidden: 64 },
  seed: 1,
  dropout: 0.3,
  learningRate: 1e-3,
  batch: 128,
  epochsMax: 60,
  patience: 5,
  validationCases: 5_000,
  threads: 2,
};

/** Where training stands after an epoch: everything that is needed to go on as if it had not stopped. */
export interface TrainingState {
  /** Epochs and steps done. */
  epoch: number;
  step: number;
  /** [n] each */
  weights: Float32Array;
  moment1: Float32Array;
  moment2: Float32Array;
  /** The weights that validated best, and how well. */
  bestWeights: Float32Array;
  bestNdcg10: number;
  bestEpoch: number;
}

type Moments = Pick<TrainingState, 'weights' | 'moment1' | 'moment2'>;

/** What is told after each epoch. */
export interface EpochReport {
  readonly epoch: number;
  readonly loss: number;
  readonly ndcg10: number;
  readonly isBest: boolean;
  readonly positionsPerSecond: number;
  /** Until `epochsMax`; early stopping may come sooner. */
  readonly secondsLeft: number;
}

export interface TrainingHooks {
  /** Milliseconds of a clock that only goes forward; for the report, never for the result. */
  readonly nowMs: () => number;
  readonly onBatch?: (done: number, total: number) => void;
  readonly onEpoch?: (report: EpochReport, state: TrainingState) => Promise<void>;
}

export function startTraining(layout: ParameterLayout, seed: number): TrainingState {
  const weights = startingWeights(layout, seed);
  return {
    epoch: 0,
    step: 0,
    weights,
    moment1: new Float32Array(layout.total),
    moment2: new Float32Array(layout.total),
    bestWeights: weights.slice(),
    bestNdcg10: -1,
    bestEpoch: 0,
  };
}

/**
 * Trains the item vectors and the encoder by full softmax cross-entropy on the next item at every position, until the
 * validation has not improved for `patience` epochs. The same data, configuration and seed give the same weights on the
 * same machine, also when `state` continues an interrupted run: an epoch's order and noise depend on its number alone.
 */
export async function trainEncoder(
  dataset: Dataset,
  split: Split,
  config: TrainingConfig,
  state: TrainingState,
  hooks: TrainingHooks,
): Promise<TrainingState> {
  const layout = layOut(config.encoder, dataset.items.length);
  const windows = trainingWindows(dataset, split, config.encoder.length);
  const cases = sampleCases(split.validation, config.validationCases);
  const validator = await openValidator(dataset, cases, config.encoder, layout, config.threads);
  let spare: Moments = {
    weights: new Float32Array(layout.total),
    moment1: new Float32Array(layout.total),
    moment2: new Float32Array(layout.total),
  };

  while (state.epoch < config.epochsMax && state.epoch - state.bestEpoch < config.patience) {
    const epoch = state.epoch + 1;
    const startedMs = hooks.nowMs();
    const random = seededRandom(config.seed * 1_000_003 + epoch);
    const noise = { dropout: config.dropout, nextSeed: () => Math.floor(random() * 2 ** 31) };
    const session = await openSession(buildStep(config.encoder, layout, noise, 'step'), { threads: config.threads });
    const order = epochOrder(dataset, split, random);
    const batches = batchWindows(windows, config.batch, random);
    let loss = 0;
    let positions = 0;
    for (const [at, batch] of batches.entries()) {
      state.step++;
      const feeds = batchForTraining(batch, order, config.encoder.length);
      const [correction1, correction2] = adamCorrections(state.step);
      const flat = (data: Float32Array) => ({ data, shape: [layout.total] });
      const one = (value: number) => ({ data: new Float32Array([value]), shape: [1] });
      const lossOf = one(0);
      await session.run(
        {
          ...feeds,
          weights: flat(state.weights),
          moment1: flat(state.moment1),
          moment2: flat(state.moment2),
          learningRate: one(config.learningRate),
          correction1: one(correction1),
          correction2: one(correction2),
        },
        { loss: lossOf, nextWeights: flat(spare.weights), nextMoment1: flat(spare.moment1), nextMoment2: flat(spare.moment2) },
      );
      const used: Moments = { weights: state.weights, moment1: state.moment1, moment2: state.moment2 };
      Object.assign(state, spare);
      spare = used;
      loss += lossOf.data[0]! / batches.length;
      positions += feeds.targets.data.length;
      hooks.onBatch?.(at + 1, batches.length);
    }
    await session.release();

    const ndcg10 = await validator.ndcg10(state.weights);
    const isBest = ndcg10 > state.bestNdcg10;
    state.epoch = epoch;
    if (isBest) {
      state.bestNdcg10 = ndcg10;
      state.bestEpoch = epoch;
      state.bestWeights.set(state.weights);
    }
    const seconds = (hooks.nowMs() - startedMs) / 1000;
    await hooks.onEpoch?.(
      { epoch, loss, ndcg10, isBest, positionsPerSecond: positions / seconds, secondsLeft: seconds * (config.epochsMax - epoch) },
      state,
    );
  }
  await validator.release();
  return state;
}
