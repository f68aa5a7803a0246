import type { Intent } from '../domain/intent.ts';
import type { DegradedPart } from '../domain/recommendation.ts';
import { parseIntent } from '../intent/parse.ts';
import { collectCandidates, readCandidates } from './candidates.ts';
import { findMatches, matchAll } from './matches.ts';
import { permittedRows } from './permit.ts';
import { presentMatches } from './present-matches.ts';
import type { Answer } from './recommend.ts';
import type { RecommendRequest } from './request.ts';
import { applyRules } from './rules.ts';
import { scoreCandidates } from './score.ts';
import { rankMatches, SEARCH_WEIGHTS } from './rank-matches.ts';
import type { Serving } from './serving.ts';
import { openSession } from './session.ts';
import { readSignals } from './signals.ts';
import type { Stopwatch } from './stopwatch.ts';

export interface SearchRequest extends RecommendRequest {
  /** What is looked for, in the user's words. */
  readonly query: string;
}

export interface SearchAnswer extends Answer {
  readonly intent: Intent;
}

/** The recipe of a search: words, meaning and the user's own past, each finding and weighing items. Rejects only on a fault in this code. */
export async function search(
  request: SearchRequest,
  serving: Serving,
  stopwatch: Stopwatch,
  weights = SEARCH_WEIGHTS,
): Promise<SearchAnswer> {
  const { snapshot } = serving;

  const session = openSession(request.history, snapshot);
  stopwatch.lap('session');

  const intent = parseIntent(request.query, serving.lexicon);
  stopwatch.lap('intent');

  const degraded: DegradedPart[] = [];
  const signals = await readSignals(session, serving, degraded);
  stopwatch.lap('encode');

  const permitted = permittedRows(request.filter, intent, serving);
  const excluded = new Set([...request.exclude, ...intent.like].map((id) => snapshot.rowOf.get(id) ?? -1));
  const matches = namesSomething(intent)
    ? findMatches(intent, permitted, weights, serving)
    : matchAll(collectCandidates(session, signals, serving, { permitted, wanted: request.limit + excluded.size }).rows);
  const candidates = readCandidates(matches.rows, session, signals, serving);
  stopwatch.lap('candidates');

  const behaviour = await scoreCandidates(candidates, session, signals, serving, degraded);
  const scored = rankMatches(matches, behaviour, weights, intent, snapshot);
  stopwatch.lap('score');

  const { kept } = applyRules(scored, { session, seen: request.seen, excluded, permitted, limit: request.limit });
  stopwatch.lap('rules');

  const items = presentMatches(kept, matches, intent, session, snapshot);
  stopwatch.lap('reasons');

  return { items, intent, unknown: session.unknown, snapshot: snapshot.version, degraded };
}

/** Whether it says what to look for, understood or not, and not only which conditions it must meet. */
function namesSomething({ about, like, unknown }: Intent): boolean {
  return about !== '' || like.length > 0 || unknown.length > 0;
}
