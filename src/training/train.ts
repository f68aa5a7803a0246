import type { Artefacts } from '../catalog/snapshot.ts';
import { seededRandom } from '../kernel/random.ts';
import { buildServingEncoder } from '../model/encoder.ts';
import { FEATURES } from '../model/features.ts';
import type { Neighbours } from '../model/neighbours.ts';
import { writeOnnx } from '../model/onnx.ts';
import { describeModel } from './describe-model.ts';
import { fitScoring } from './fit-scoring.ts';
import { countItems } from './item-statistics.ts';
import { fitNeighbours, LINEAR_ITEMS_MAX } from './linear.ts';
import { countCoVisits, countRules, RULE_STEPS, type Sequences } from './neighbours.ts';
import { openServing } from './open-serving.ts';
import { itemVectors, viewParameters } from './parameters.ts';
import { collectRankingCases, type RankingCase } from './ranking-cases.ts';
import { knownBefore } from './sequences.ts';
import { sampleCases, type Phase } from './split.ts';
import { compareTexts } from './text-neighbours.ts';
import {
  layOutTraining,
  settle,
  startTraining,
  trainEncoder,
  type TrainingConfig,
  type TrainingHooks,
  type TrainingState,
} from './train-encoder.ts';
import { collectTeacherCases } from './teacher/cases.ts';
import { trainTaughtRanker } from './teacher/taught-ranker.ts';
import { untrainedRanker } from './train-ranker.ts';
import type { TrainingData } from './training-data.ts';

/** Neighbours an item keeps. */
const RULES_KEPT = 50;
const CO_VISITS_KEPT = 100;
const TEXTS_KEPT = 50;
const CO_VISIT_SHRINK = 10;
/** Cases that the ranker is trained on, at most. */
const RANKING_CASES = 20_000;
/** Share of a budget after which the weights are to have settled: the rest is for neighbours and the ranker. */
export const SETTLED_SHARE = 0.85;

export interface FinishHooks {
  /** Told of the work behind the encoder, by its name. */
  readonly onStage?: (stage: string, done: number, total: number) => void;
  /** Given what the ranker is about to learn from. */
  readonly onRankingCases?: (cases: readonly RankingCase[]) => Promise<void>;
}

export type ModelHooks = TrainingHooks & Pick<FinishHooks, 'onStage'>;

/**
 * Trains a model from scratch. In about `budgetMs` of the hooks' clock, if there is one, but never with less than one epoch, its settling and a
 * ranker; the same seed gives the same model.
 */
export async function trainModel(
  data: TrainingData,
  config: TrainingConfig,
  command: string,
  { budgetMs, ...hooks }: ModelHooks & { readonly budgetMs?: number | undefined },
): Promise<Artefacts> {
  const deadline = budgetMs === undefined ? {} : { deadlineMs: hooks.nowMs() + SETTLED_SHARE * budgetMs };
  const state = startTraining(layOutTraining(data, config), config.seed);
  await trainEncoder(data, config, state, { ...hooks, ...deadline });
  return finishModel(data, config, state, command, hooks);
}

/**
 * Makes a model of a trained encoder. First as of before the validation: its weights settle, neighbours are counted, and the
 * ranker learns on the validation cases what the serving path proposes for them. Then once more, in the same way, with the
 * validation interactions known: that is the model, with the ranker of the first.
 */
export async function finishModel(
  data: TrainingData,
  config: TrainingConfig,
  state: TrainingState,
  command: string,
  { onStage = () => undefined, onRankingCases }: FinishHooks = {},
): Promise<Artefacts> {
  const texts = compareTexts(data.terms, TEXTS_KEPT);
  const unranked = { texts, model: describeModel(data, config, state, command), ranker: writeOnnx(untrainedRanker()) };
  const before = await assemble('validation', data, config, state, unranked, onStage);
  const serving = await openServing(before);
  const cases = await collectRankingCases(
    data.dataset,
    sampleCases(data.split.validation, RANKING_CASES),
    serving,
    seededRandom(config.seed),
    (done, total) => onStage('candidates of the validation', done, total),
  );
  if (cases.length === 0) throw new Error('no validation case has a target among its candidates: there is nothing to train the ranker on');
  await onRankingCases?.(cases);
  const lists = await collectTeacherCases(data.teacher?.lists ?? [], serving);
  if (data.teacher && data.teacher.lists.length > 0 && lists.length === 0) throw new Error('no list of the teacher is of this data');
  const { ranker, weight } = await trainTaughtRanker(cases, lists, config.seed, (done, total) => onStage('ranker', done, total));
  const withoutTransformer = FEATURES.map(({ name }) => name).filter((name) => name !== 'transformer');
  const { teacher } = data;
  const taught = teacher && { teacher: { hash: teacher.hash, lists: lists.length, profiles: teacher.profiles.size, weight } };
  const model = { ...unranked.model, ...taught, coldScoring: fitScoring(cases, withoutTransformer) };
  return assemble('test', data, config, state, { texts, model, ranker: writeOnnx(ranker) }, onStage);
}

async function assemble(
  phase: Phase,
  data: TrainingData,
  config: TrainingConfig,
  state: TrainingState,
  fixed: Pick<Artefacts, 'model' | 'ranker' | 'texts'>,
  onStage: NonNullable<FinishHooks['onStage']>,
): Promise<Artefacts> {
  const { dataset, split, texts } = data;
  const sequences = knownBefore(phase, dataset, split);
  const stage = `settling, ${phase === 'validation' ? 'without' : 'with'} the validation`;
  const flat = await settle(data, config, state.bestWeights, sequences.end, (done, total) => onStage(stage, done, total));
  const layout = layOutTraining(data, config);
  return {
    ...fixed,
    items: dataset.items,
    vectors: itemVectors(layout, flat, texts),
    rules: countRules(sequences, { steps: RULE_STEPS, keep: RULES_KEPT }),
    coVisits: await weighCoVisits(sequences),
    statistics: countItems(sequences),
    encoder: writeOnnx(buildServingEncoder(config.encoder, viewParameters(layout, flat))),
  };
}

/** Linear weights where the catalogue allows; similarities beyond. */
async function weighCoVisits(sequences: Sequences): Promise<Neighbours> {
  return sequences.itemCount <= LINEAR_ITEMS_MAX
    ? fitNeighbours(sequences, CO_VISITS_KEPT)
    : countCoVisits(sequences, { shrink: CO_VISIT_SHRINK, keep: CO_VISITS_KEPT });
}
