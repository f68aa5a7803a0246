import { fnv1a } from '../kernel/hash.ts';

/** One way in which answers of an experiment are made. */
interface Variant<Overrides> {
  readonly name: string;
  /** Its share of the users in the experiment, relative to the other variants'. */
  readonly share: number;
  /** What it changes of the scenario; nothing for the control. */
  readonly overrides: Overrides;
}

/** Users are divided between variants; what each variant changes is for the reader of `Overrides` to know. */
export interface Experiment<Overrides> {
  readonly id: string;
  /** Off: everybody gets the scenario as it is. What was measured stays. */
  readonly on: boolean;
  readonly scenario: string;
  /** Share of all users that take part, from 0 to 1. */
  readonly traffic: number;
  /** At least two; the first is the control that the others are compared with. */
  readonly variants: readonly Variant<Overrides>[];
}

/** Where somebody is put: which variant of which experiment. */
export interface Assignment<Overrides> {
  readonly experiment: string;
  readonly variant: Variant<Overrides>;
}

/**
 * The first experiment, in the order given, that is on for the scenario and has the user, and the user's variant of it. The same
 * user always gets the same; who takes part, and in which variant, is drawn separately, so that more traffic moves nobody
 * from one variant to another. Experiments draw independently of each other.
 */
export function assign<Overrides>(
  user: string,
  scenario: string,
  experiments: readonly Experiment<Overrides>[],
): Assignment<Overrides> | undefined {
  const running = experiments.filter((experiment) => experiment.on && experiment.scenario === scenario);
  const experiment = running.find(({ id, traffic }) => drawOf(`${id}/traffic/${user}`) < traffic);
  return experiment && { experiment: experiment.id, variant: pick(experiment.variants, drawOf(`${experiment.id}/variant/${user}`)) };
}

function pick<Overrides>(variants: readonly Variant<Overrides>[], draw: number): Variant<Overrides> {
  const total = variants.reduce((sum, { share }) => sum + share, 0);
  let left = draw * total;
  for (const variant of variants) {
    left -= variant.share;
    if (left < 0) return variant;
  }
  return variants.at(-1)!;
}

/** A number in [0, 1) that depends on nothing but the text (FNV-1a, its bits mixed as MurmurHash3 ends). */
function drawOf(text: string): number {
  let hash = fnv1a(text);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
