import type { Artefacts } from '../catalog/snapshot.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { buildServingEncoder } from '../model/encoder.ts';
import { FEATURES, featureSchemaHash } from '../model/features.ts';
import type { ModelManifest, ScoringWeights } from '../model/manifest.ts';
import type { Neighbours } from '../model/neighbours.ts';
import { writeOnnx } from '../model/onnx.ts';
import { collectScoringCases, fitScoring } from './fit-scoring.ts';
import { fitNeighbours, LINEAR_ITEMS_MAX } from './linear.ts';
import { countCoVisits, countPopularity, countRules, RULE_STEPS, type Sequences } from './neighbours.ts';
import { openServing } from './open-serving.ts';
import { ITEM_VECTORS, layOut, viewParameters } from './parameters.ts';
import { knownBefore } from './sequences.ts';
import { sampleCases, type Phase, type Split } from './split.ts';
import type { TrainingConfig, TrainingState } from './train-encoder.ts';

/** Neighbours an item keeps. */
const RULES_KEPT = 50;
const CO_VISITS_KEPT = 100;
const CO_VISIT_SHRINK = 10;
/** Cases that the weights of the features are fitted on. */
const SCORING_CASES = 5_000;

/**
 * Makes a model of a trained encoder: counts neighbours, fits the weights of the features on the validation cases as the
 * serving path sees them, and counts again with the validation interactions known.
 */
export async function finishModel(
  dataset: Dataset,
  split: Split,
  config: TrainingConfig,
  state: TrainingState,
  command: string,
  onCase?: (done: number, total: number) => void,
): Promise<Artefacts> {
  const manifest = describeModel(dataset, split, config, state, command);
  const known = await assemble('validation', dataset, split, config, state, manifest);
  const sample = sampleCases(split.validation, SCORING_CASES);
  const cases = await collectScoringCases(dataset, sample, await openServing(known), onCase);
  const names = FEATURES.map(({ name }) => name);
  const scoring = {
    warm: fitScoring(cases, names),
    cold: fitScoring(
      cases,
      names.filter((name) => name !== 'transformer'),
    ),
  };
  return await assemble('test', dataset, split, config, state, { ...manifest, scoring });
}

async function assemble(
  phase: Phase,
  dataset: Dataset,
  split: Split,
  config: TrainingConfig,
  state: TrainingState,
  model: ModelManifest,
): Promise<Artefacts> {
  const sequences = knownBefore(phase, dataset, split);
  const weights = viewParameters(layOut(config.encoder, dataset.items.length), state.bestWeights);
  return {
    model,
    items: dataset.items,
    vectors: weights.get(ITEM_VECTORS)!,
    rules: countRules(sequences, { steps: RULE_STEPS, keep: RULES_KEPT }),
    coVisits: await weighCoVisits(sequences),
    popularity: countPopularity(sequences),
    encoder: writeOnnx(buildServingEncoder(config.encoder, weights)),
  };
}

/** Linear weights where the catalogue allows; similarities beyond. */
async function weighCoVisits(sequences: Sequences): Promise<Neighbours> {
  return sequences.itemCount <= LINEAR_ITEMS_MAX
    ? fitNeighbours(sequences, CO_VISITS_KEPT)
    : countCoVisits(sequences, { shrink: CO_VISIT_SHRINK, keep: CO_VISITS_KEPT });
}

function describeModel(
  dataset: Dataset,
  { protocol }: Split,
  { encoder, seed }: TrainingConfig,
  state: TrainingState,
  command: string,
): ModelManifest {
  const unfitted = Object.fromEntries(FEATURES.map(({ name }) => [name, 0])) as ScoringWeights;
  return {
    format: 1,
    catalogue: dataset.name,
    items: dataset.items.length,
    encoder,
    featureSchema: featureSchemaHash(),
    scoring: { warm: unfitted, cold: unfitted },
    data: { hash: dataset.hash, users: dataset.users.length, interactions: dataset.item.length, protocol },
    seed,
    validation: { epoch: state.bestEpoch, ndcg10: state.bestNdcg10 },
    command,
  };
}
