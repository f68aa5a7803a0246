import type { Dataset } from '../dataset/dataset.ts';
import { orderTies, type TieOrder } from '../dataset/ties.ts';
import type { ModelManifest } from '../model/manifest.ts';
import { readArtefacts } from '../training/artefacts.ts';
import { trainModel, type ModelHooks } from '../training/train.ts';
import { TRAINING_DEFAULTS } from '../training/train-encoder.ts';
import { prepareTraining } from '../training/training-data.ts';
import { protocolFor, splitDataset, type Protocol, type Split } from '../training/split.ts';
import type { ModelSource } from './evaluate.ts';

/** How interactions are held out; what is not given follows from the model, or from the data. */
export interface HoldOut {
  readonly protocol?: Protocol | undefined;
  readonly ties?: TieOrder | undefined;
}

/** What an evaluation starts from: the data in its order, what is held out of it, and the models that have not seen that. */
export interface Trial {
  readonly dataset: Dataset;
  readonly ties: TieOrder;
  readonly split: Split;
  readonly models: readonly ModelSource[];
}

/** A trial of the model in `folder`. Rejects if it was trained on other data or if other interactions were held out of it. */
export async function openTrial(data: Dataset, folder: string, asked: HoldOut): Promise<Trial & { readonly model: ModelManifest }> {
  const artefacts = await readArtefacts(folder);
  const { model } = artefacts;
  if (model.data.hash !== data.hash) {
    throw new Error(
      `the model in ${folder} was trained on other data than ${data.name}: its held-out interactions are not known. Train on this data first.`,
    );
  }
  const { protocol, ties = 'file' } = model.data;
  for (const [name, wanted, has] of [
    ['protocol', asked.protocol, protocol],
    ['ties', asked.ties, ties],
  ] as const) {
    if (wanted !== undefined && wanted !== has) {
      throw new Error(`the model in ${folder} was trained with ${name} ${has}: with ${wanted} it has seen what would be held out`);
    }
  }
  return { ...holdOut(data, { protocol, ties }), models: [{ seed: model.seed, open: async () => artefacts }], model };
}

/** The trial with another model of the same data measured beside its own, its rows called `name`. Rejects where other interactions were held out of it. */
export async function besides<T extends Trial & { readonly model: ModelManifest }>(
  trial: T,
  data: Dataset,
  folder: string,
  name: string,
): Promise<T> {
  const { protocol, ties = 'file' } = trial.model.data;
  const other = await openTrial(data, folder, { protocol, ties });
  return { ...trial, models: [...trial.models, ...other.models.map((model) => ({ ...model, name }))] };
}

/** A trial of models trained from scratch with seeds 1 … `seeds`, each in about `budgetMs`. */
export function trainingTrial(
  data: Dataset,
  asked: HoldOut,
  { seeds, budgetMs, command }: { readonly seeds: number; readonly budgetMs: number; readonly command: string },
  hooks: ModelHooks,
): Trial {
  const { dataset, ties, split } = holdOut(data, asked);
  if (split.validation.length === 0)
    throw new Error(`${dataset.name} has no user with enough interactions to validate on by ${split.protocol}`);
  const models = Array.from({ length: seeds }, (_, at) => at + 1).map((seed) => ({
    seed,
    open: () => trainModel(prepareTraining(dataset, split, ties, seed), { ...TRAINING_DEFAULTS, seed }, command, { ...hooks, budgetMs }),
  }));
  return { dataset, ties, split, models };
}

function holdOut(data: Dataset, { protocol = protocolFor(data), ties = 'file' }: HoldOut): Omit<Trial, 'models'> {
  const dataset = orderTies(data, ties);
  return { dataset, ties, split: splitDataset(dataset, protocol) };
}
