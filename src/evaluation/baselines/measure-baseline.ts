import type { Dataset } from '../../dataset/dataset.ts';
import { sampleCases, type HoldOutCase, type Phase, type Split } from '../../training/split.ts';
import type { Known } from '../known.ts';
import { mean, measureAccuracy, measureRankings, type Measurement } from '../measure.ts';
import { rankCases, type Rankings, type Scorer } from '../rank.ts';
import { describeSetting, type Baseline, type Setting } from './baseline.ts';

/** Validation cases that settings are chosen on. */
const CHOICE_CASES = 5_000;

export interface CaseHooks {
  readonly onCase: (method: string, done: number, total: number) => void;
  /** Milliseconds of a clock that only goes forward; for costs, never for the result. */
  readonly nowMs: () => number;
}

/** Measures a baseline on the test cases, with the settings that have the best NDCG@10 on the validation cases. */
export async function measureBaseline(
  baseline: Baseline,
  dataset: Dataset,
  split: Split,
  known: Readonly<Record<Phase, Known>>,
  { onCase, nowMs }: CaseHooks,
): Promise<Measurement> {
  const { name, fits, reads } = baseline;
  const choices = sampleCases(split.validation, CHOICE_CASES);
  const chooses = fits.length * reads.length > 1 && choices.length > 0;
  const total = (chooses ? fits.length * reads.length * choices.length : 0) + split.test.length;
  let done = 0;
  const rank = (scorer: Scorer, cases: readonly HoldOutCase[], { byPopularity }: Known): Rankings =>
    rankCases(scorer, cases, dataset, byPopularity, () => onCase(name, ++done, total));

  let best: { fit: Setting; read: Setting; ndcg: number } = { fit: fits[0]!, read: reads[0]!, ndcg: -1 };
  for (const fit of chooses ? fits : []) {
    const fitted = await baseline.fit(known.validation, fit);
    for (const read of reads) {
      const { filtered } = rank(fitted.scorer(read), choices, known.validation);
      const ndcg = mean(measureAccuracy(choices, filtered)['ndcg@10']);
      if (ndcg > best.ndcg) best = { fit, read, ndcg };
    }
  }

  const fitted = await baseline.fit(known.test, best.fit);
  const startedMs = nowMs();
  const rankings = rank(fitted.scorer(best.read), split.test, known.test);
  const cost = { bytes: fitted.bytes, msPerRequest: (nowMs() - startedMs) / split.test.length };
  const settings = describeSetting({ ...best.fit, ...best.read });
  return measureRankings({ name, settings, cost }, split.test, rankings, known.test);
}
