import { basename } from 'node:path';
import type { ModelManifest } from '../model/manifest.ts';
import { count } from './output.ts';
import type { Protocol } from '../training/split.ts';
import type { TieOrder } from '../dataset/ties.ts';

/** The options that a model depends on. */
interface Remade {
  readonly seed: number;
  readonly epochs: number;
  readonly patience: number;
  readonly dropout: number;
  readonly protocol?: Protocol;
  readonly ties: TieOrder;
  readonly budget?: number;
  readonly teacher?: string;
}

/** What makes the same model again; a log that has grown makes another. */
export function describeCommand(
  data: string | undefined,
  { seed, epochs, patience, dropout, protocol, ties, budget, teacher }: Remade,
): string {
  return [
    `edgewise train ${data === undefined ? '--from-r2' : `--data ${data}`} --seed ${seed} --epochs ${epochs} --patience ${patience} --dropout ${dropout}`,
    ...(protocol === undefined ? [] : [`--protocol ${protocol}`]),
    ...(ties === 'file' ? [] : [`--ties ${ties}`]),
    ...(teacher === undefined ? [] : [`--teacher ${basename(teacher)}`]),
    ...(budget === undefined ? [] : [`--budget ${budget / 1000}s`]),
  ].join(' ');
}

/** What became of a teacher, for people; nothing where there was none. */
export function describeTeacher({ teacher }: ModelManifest): string[] {
  if (!teacher) return [];
  const use = teacher.weight === 0 ? 'of no use on the validation, so left out' : `${teacher.weight} for each real case`;
  return [`teacher: ${count(teacher.lists)} lists, ${use}; profiles of ${count(teacher.profiles)} items`];
}
