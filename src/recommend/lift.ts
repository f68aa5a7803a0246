import type { Settings } from './settings.ts';
import type { Proposal } from './sources/sources.ts';

/** Whether some source's proposals count for more or less than others. */
export function lifts({ sources }: Settings): boolean {
  return Object.values(sources).some((factor) => factor !== 1);
}

/** Makes the scores [C] of the candidates `rows` [C] count by the highest factor of the sources that propose them. */
export function liftScores(scores: Float32Array, rows: Int32Array, proposals: readonly Proposal[], { sources }: Settings): void {
  const factors = new Map<number, number>();
  for (const { source, rows: proposed } of proposals) {
    const factor = sources[source]!;
    for (const row of proposed) factors.set(row, Math.max(factor, factors.get(row) ?? 0));
  }
  rows.forEach((row, at) => (scores[at]! += Math.log(factors.get(row)!)));
}
