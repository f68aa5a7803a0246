import type { Dataset } from '../dataset/dataset.ts';
import type { TieOrder } from '../dataset/ties.ts';
import { seededRandom } from '../kernel/random.ts';
import type { Values } from './session.ts';
import type { Split } from './split.ts';
import { weighTerms, type TermMatrix } from '../model/term-matrix.ts';
import type { Teacher } from './teacher/answers.ts';
import { withProfiles } from './teacher/profile.ts';
import { reduceTexts } from './text-vectors.ts';

const TEXT_DIMS = 128;

/** What a model is trained on. */
export interface TrainingData {
  /** Its ties in the order that `ties` says. */
  readonly dataset: Dataset;
  readonly split: Split;
  readonly ties: TieOrder;
  /** What a language model taught, if one did: its profiles are among the terms. */
  readonly teacher: Teacher | undefined;
  readonly terms: TermMatrix;
  /** Dimensions of the items' texts; 0 where no two items say the same. */
  readonly textDims: number;
  /** [items, textDims] */
  readonly texts: Float32Array;
}

/** Reads the texts of the items; some seconds for ten thousand. The same data and seed give the same numbers. */
export function prepareTraining(dataset: Dataset, split: Split, ties: TieOrder, seed: number, teacher?: Teacher): TrainingData {
  const terms = weighTerms(teacher ? withProfiles(dataset.items, teacher.profiles) : dataset.items);
  const textDims = Math.min(TEXT_DIMS, terms.termCount);
  const texts = reduceTexts(terms, textDims, seededRandom(seed));
  return { dataset, split, ties, teacher, terms, textDims, texts };
}

/** The input `texts` of the graphs, where they have one. */
export function textFeed({ dataset, textDims, texts }: TrainingData): Record<string, Values> {
  return textDims > 0 ? { texts: { data: texts, shape: [dataset.items.length, textDims] } } : {};
}

/** Whether the order of interactions at one time means nothing: those of a basket, and those that were shuffled. */
export function hasUnorderedTies({ split, ties }: TrainingData): boolean {
  return split.protocol === 'last-basket' || ties === 'shuffled';
}
