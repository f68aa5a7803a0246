import type { Settings } from './settings.ts';
import type { Proposal } from './sources/sources.ts';

/** Makes the scores [C] of the candidates `rows` [C] count by the highest factor of the sources that propose them. */
export function liftScores(scores: Float32Array, rows: Int32Array, proposals: readonly Proposal[], { sources }: Settings): void {
  const factors = new Map<number, number>();
  for (const { source, rows: proposed } of proposals) {
    const factor = sources[source]!;
    for (const row of proposed) factors.set(row, Math.max(factor, factors.get(row) ?? 0));
  }
  rows.forEach((row, at) => (scores[at]! += Math.log(factors.get(row)!)));
}
