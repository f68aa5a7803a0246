import { seededRandom } from '../kernel/random.ts';
import type { EncoderConfig } from '../model/encoder.ts';
import { buildStep } from './graphs.ts';
import { layOut, startingWeights, type ParameterLayout } from './parameters.ts';
import { openSession } from './session.ts';
import { sampleCases } from './split.ts';
import { one, startSteps, stepFeeds, stepResults, type Steps } from './step.ts';
import { hasUnorderedTies, textFeed, type TrainingData } from './training-data.ts';
import { openValidator } from './validation.ts';
import { batchForTraining, batchWindows, cutWindows, shuffledOrder } from './windows.ts';

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
  /** Epochs over which the best weights then settle, the learning rate falling to 0. */
  readonly settlingEpochs: number;
  /** Held-out cases measured after an epoch; a sample keeps large data quick. */
  readonly validationCases: number;
  readonly threads: number;
}

export const TRAINING_DEFAULTS: TrainingConfig = {
  encoder: { dims: 64, blocks: 2, heads: 1, length: 50, hidden: 64 },
  seed: 1,
  dropout: 0.5,
  learningRate: 1e-3,
  batch: 128,
  epochsMax: 60,
  patience: 4,
  settlingEpochs: 3,
  validationCases: 5_000,
  threads: 2,
};

/** Where training stands after an epoch: everything that is needed to go on as if it had not stopped. */
export interface TrainingState extends Steps {
  /** Epochs done. */
  epoch: number;
  /** The weights [n] that validated best, and how well. */
  bestWeights: Float32Array;
  bestNdcg10: number;
  bestEpoch: number;
}

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
  /** Milliseconds of a clock that only goes forward; for the report, and for `deadlineMs`. */
  readonly nowMs: () => number;
  /** When the weights are to have settled: no epoch is begun, but the first, after which they would settle later. Only then does the result depend on the clock. */
  readonly deadlineMs?: number;
  readonly onBatch?: (done: number, total: number) => void;
  readonly onEpoch?: (report: EpochReport, state: TrainingState) => Promise<void>;
}

export function layOutTraining({ dataset, textDims }: TrainingData, { encoder }: TrainingConfig): ParameterLayout {
  return layOut(encoder, dataset.items.length, textDims);
}

export function startTraining(layout: ParameterLayout, seed: number): TrainingState {
  const weights = startingWeights(layout, seed);
  return { epoch: 0, ...startSteps(weights), bestWeights: weights.slice(), bestNdcg10: -1, bestEpoch: 0 };
}

/**
 * Trains the item vectors and the encoder by full softmax cross-entropy on the next item at every position, until the
 * validation has not improved for `patience` epochs. The same data, configuration and seed give the same weights on the
 * same machine, also when `state` continues an interrupted run: an epoch's order and noise depend on its number alone.
 */
export async function trainEncoder(
  data: TrainingData,
  config: TrainingConfig,
  state: TrainingState,
  hooks: TrainingHooks,
): Promise<TrainingState> {
  const layout = layOutTraining(data, config);
  const validator = await openValidator(
    data,
    sampleCases(data.split.validation, config.validationCases),
    config.encoder,
    layout,
    config.threads,
  );
  let epochMs = 0;
  const epochsLeft = 1 + SETTLINGS * config.settlingEpochs;
  const timeIsLeft = () => state.epoch === 0 || hooks.deadlineMs === undefined || hooks.nowMs() + epochsLeft * epochMs <= hooks.deadlineMs;
  while (state.epoch < config.epochsMax && state.epoch - state.bestEpoch < config.patience && timeIsLeft()) {
    const epoch = state.epoch + 1;
    const startedMs = hooks.nowMs();
    const { loss, positions } = await runEpoch(data, config, layout, state, {
      ends: data.split.trainEnd,
      seed: config.seed * 1_000_003 + epoch,
      learningRate: () => config.learningRate,
      onBatch: hooks.onBatch,
    });
    const ndcg10 = await validator.ndcg10(state.weights);
    const isBest = ndcg10 > state.bestNdcg10;
    state.epoch = epoch;
    if (isBest) {
      state.bestNdcg10 = ndcg10;
      state.bestEpoch = epoch;
      state.bestWeights.set(state.weights);
    }
    epochMs = hooks.nowMs() - startedMs;
    const seconds = epochMs / 1000;
    await hooks.onEpoch?.(
      { epoch, loss, ndcg10, isBest, positionsPerSecond: positions / seconds, secondsLeft: seconds * (config.epochsMax - epoch) },
      state,
    );
  }
  await validator.release();
  return state;
}

/**
 * Lets trained weights settle: a few more epochs on the interactions before `ends` [users] while the learning rate falls
 * to 0, so that the last steps no longer throw them about. Returns new weights.
 */
export async function settle(
  data: TrainingData,
  config: TrainingConfig,
  trained: Float32Array,
  ends: Int32Array,
  onBatch?: (done: number, total: number) => void,
): Promise<Float32Array> {
  const layout = layOutTraining(data, config);
  const steps = startSteps(trained.slice());
  for (let epoch = 0; epoch < config.settlingEpochs; epoch++) {
    await runEpoch(data, config, layout, steps, {
      ends,
      seed: config.seed * 1_000_003 + SETTLING_SEED + epoch,
      learningRate: (share) => config.learningRate * (1 - (epoch + share) / config.settlingEpochs),
      onBatch: (done, total) => onBatch?.(epoch * total + done, config.settlingEpochs * total),
    });
  }
  return steps.weights;
}

/** How often `finishModel` lets weights settle. */
const SETTLINGS = 2;

/** Behind the numbers of all epochs. */
const SETTLING_SEED = 500_000;

interface EpochOptions {
  /** [users] interactions from here on are not trained on. */
  readonly ends: Int32Array;
  readonly seed: number;
  /** By the share of the epoch that is done, 0 to 1. */
  readonly learningRate: (share: number) => number;
  readonly onBatch?: ((done: number, total: number) => void) | undefined;
}

/** One pass over all windows; `steps` is moved on. */
async function runEpoch(
  data: TrainingData,
  config: TrainingConfig,
  layout: ParameterLayout,
  steps: Steps,
  { ends, seed, learningRate, onBatch }: EpochOptions,
): Promise<{ loss: number; positions: number }> {
  const { dataset } = data;
  const random = seededRandom(seed);
  const noise = { dropout: config.dropout, nextSeed: () => Math.floor(random() * 2 ** 31) };
  const session = await openSession(buildStep(config.encoder, layout, noise, 'step'), { threads: config.threads });
  const order = hasUnorderedTies(data) ? shuffledOrder(dataset, ends, random) : dataset.item;
  const batches = batchWindows(cutWindows(dataset, ends, config.encoder.length), config.batch, random);
  const texts = textFeed(data);
  const spare = startSteps(new Float32Array(layout.total));
  let loss = 0;
  let positions = 0;
  for (const [at, batch] of batches.entries()) {
    steps.step++;
    const feeds = batchForTraining(batch, order, config.encoder.length);
    const lossOf = one(0);
    const moving = stepFeeds(steps, learningRate(at / batches.length));
    await session.run({ ...feeds, ...texts, ...moving }, { loss: lossOf, ...stepResults(spare) });
    const { weights, moment1, moment2 } = steps;
    Object.assign(steps, { weights: spare.weights, moment1: spare.moment1, moment2: spare.moment2 });
    Object.assign(spare, { weights, moment1, moment2 });
    loss += (lossOf.data as Float32Array)[0]! / batches.length;
    positions += feeds.targets.data.length;
    onBatch?.(at + 1, batches.length);
  }
  await session.release();
  return { loss, positions };
}
