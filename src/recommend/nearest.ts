import type { DegradedPart } from '../domain/recommendation.ts';
import type { Signals } from './signals.ts';
import type { Situation } from './situation.ts';

/** Asks the vector index, where there is one, for what the source `transformer` proposes; if it fails, says so in `degraded`. */
export async function findNearest(signals: Signals, { serving, request }: Situation, degraded: DegradedPart[]): Promise<Signals> {
  const { vectors, snapshot } = serving;
  if (!vectors || !signals.user || request.settings.sources.transformer === undefined) return signals;
  const rows = await vectors.nearest(signals.user, snapshot.version, request.filter);
  if (!rows) degraded.push('vectors');
  return { ...signals, nearest: (rows ?? []).filter((row) => row < snapshot.items.length) };
}
