import type { DegradedPart, Recommendation } from '../domain/recommendation.ts';
import { HORIZONS } from '../model/features.ts';
import { collectCandidates } from './candidates.ts';
import { presentItems } from './present.ts';
import type { RecommendRequest } from './request.ts';
import { applyRules } from './rules.ts';
import { rankCandidates, scoreCandidates } from './score.ts';
import type { Serving } from './serving.ts';
import { openSession } from './session.ts';
import { readSignals } from './signals.ts';
import type { Stopwatch } from './stopwatch.ts';

/** An answer before it has an id. */
export type Answer = Omit<Recommendation, 'id'>;

/** What is answered while no snapshot could be loaded: nothing, visibly. */
export const EMPTY_ANSWER: Answer = { items: [], unknown: [], snapshot: null, degraded: ['snapshot'] };

/** The recipe: a request and a version of the catalogue in, an answer out. Rejects only on a fault in this code. */
export async function recommend(request: RecommendRequest, serving: Serving, stopwatch: Stopwatch): Promise<Answer> {
  const { snapshot } = serving;

  const session = openSession(request.history, snapshot);
  stopwatch.lap('session');

  const degraded: DegradedPart[] = [];
  const signals = await readSignals(session, serving, degraded);
  stopwatch.lap('encode');

  const permitted = serving.permittedBy(request.filter);
  const wanted = request.limit + request.exclude.length + session.seen.size;
  const candidates = collectCandidates(session, signals, serving, { permitted, wanted });
  stopwatch.lap('candidates');

  const scores = await scoreCandidates(candidates, session, signals, serving, degraded);
  const scored = rankCandidates(candidates.rows, scores, wanted);
  stopwatch.lap('score');

  const excluded = new Set(request.exclude.map((id) => snapshot.rowOf.get(id) ?? -1));
  const { kept } = applyRules(scored, { session, seen: request.seen, excluded, permitted, limit: request.limit });
  stopwatch.lap('rules');

  const items = presentItems(kept, session.counted, HORIZONS.long, snapshot);
  stopwatch.lap('reasons');

  return { items, unknown: session.unknown, snapshot: snapshot.version, degraded };
}
