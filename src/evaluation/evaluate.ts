import type { Artefacts } from '../catalog/snapshot.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { Split } from '../training/split.ts';
import { BASELINES } from './baselines/baselines.ts';
import { measureBaseline, type CaseHooks } from './baselines/measure-baseline.ts';
import { gatherKnown } from './known.ts';
import { meanMeasurement, type Cost, type Measurement } from './measure.ts';
import { figuresOf, makeRows, type EvaluationRow, type Figures } from './rows.ts';
import { measureServed, SERVED } from './served.ts';

/** A model to measure; models that differ in their seed are measured one after another and their means are printed. */
export interface ModelSource {
  readonly seed: number;
  /** What its rows are called beside those of another. */
  readonly name?: string;
  readonly open: () => Promise<Artefacts>;
}

export interface Evaluation {
  readonly rows: readonly EvaluationRow[];
  /** Baselines that this data does not allow. */
  readonly omitted: readonly { readonly name: string; readonly reason: string }[];
  /** The served rows of each model by itself. */
  readonly seeds: readonly ({ readonly name: string; readonly seed: number } & Figures)[];
  readonly costs: Readonly<Record<string, Cost>>;
}

/** Measures every baseline and the models on the test cases of the split. Rejects where there are none. */
export async function evaluate(dataset: Dataset, split: Split, models: readonly ModelSource[], hooks: CaseHooks): Promise<Evaluation> {
  if (split.test.length === 0) throw new Error(`${dataset.name} has no case to test by ${split.protocol}: no user has enough interactions`);
  const known = { validation: gatherKnown('validation', dataset, split), test: gatherKnown('test', dataset, split) };
  const baselines: Measurement[] = [];
  const omitted: { name: string; reason: string }[] = [];
  for (const baseline of BASELINES) {
    const reason = baseline.unfit?.(known.test);
    if (reason === undefined) baselines.push(await measureBaseline(baseline, dataset, split, known, hooks));
    else omitted.push({ name: baseline.name, reason });
  }

  const bySeed: { seed: number; measurement: Measurement }[] = [];
  for (const { seed, name, open } of models) {
    const artefacts = await open();
    for (const row of SERVED) {
      const serving = await row.open(artefacts);
      bySeed.push({
        seed,
        measurement: await measureServed(
          name === undefined ? row.name : `${row.name}, ${name}`,
          dataset,
          split,
          known.test,
          serving,
          hooks,
        ),
      });
      serving.retire();
    }
  }
  const served = Map.groupBy(
    bySeed.map(({ measurement }) => measurement),
    ({ name }) => name,
  );
  const means = [...served.values()].map(meanMeasurement);
  return {
    rows: makeRows(baselines, means),
    omitted,
    seeds: bySeed.map(({ seed, measurement }) => ({ name: measurement.name, seed, ...figuresOf(measurement) })),
    costs: Object.fromEntries([...baselines, ...means].map(({ name, cost }) => [name, cost])),
  };
}
