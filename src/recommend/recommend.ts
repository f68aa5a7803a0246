import type { DegradedPart, Recommendation } from '../domain/recommendation.ts';
import { HORIZONS } from '../model/features.ts';
import { collectCandidates } from './candidates.ts';
import { chipsOf } from './chips.ts';
import { nextCursor } from './cursor.ts';
import { liftScores } from './lift.ts';
import { fuseScores } from './matches.ts';
import { findNearest } from './nearest.ts';
import { presentItems } from './present.ts';
import type { RecommendRequest } from './request.ts';
import { applyRules } from './rules/rules.ts';
import { rankCandidates, scoreCandidates } from './score.ts';
import type { Serving } from './serving.ts';
import { tellsSources } from './settings.ts';
import { readSignals } from './signals.ts';
import { openSituation } from './situation.ts';
import { reasonOfSource } from './source-reasons.ts';
import type { Proposal } from './sources/sources.ts';
import type { Stopwatch } from './stopwatch.ts';
import { Trace } from './trace.ts';

/** An answer before it has an id. */
export type Answer = Omit<Recommendation, 'id'>;

/** What is answered while no snapshot could be loaded: nothing, visibly. */
export const EMPTY_ANSWER: Answer = { items: [], cursor: null, unknown: [], snapshot: null, degraded: ['snapshot'] };

/** The recipe: a request and a version of the catalogue in, an answer out. Rejects only on a fault in this code. */
export async function recommend(asked: RecommendRequest, serving: Serving, stopwatch: Stopwatch): Promise<Answer> {
  const { snapshot } = serving;

  const situation = openSituation(asked, serving);
  const { request, session, intent, matches, critiques } = situation;
  const { settings } = request;
  const trace = request.traced ? new Trace(situation) : undefined;
  stopwatch.lap('session');

  const degraded: DegradedPart[] = [];
  if (settings.sources.trending !== undefined && !request.counts.trending) degraded.push('trending');
  const signals = await findNearest(await readSignals(session, serving, degraded), situation, degraded);
  stopwatch.lap('encode');

  const proposals: Proposal[] | undefined = trace || tellsSources(settings) ? [] : undefined;
  const candidates = collectCandidates(situation, signals, proposals);
  stopwatch.lap('candidates');

  const liked = await scoreCandidates(candidates, session, signals, serving, degraded);
  const scores = matches ? fuseScores(liked, candidates.rows, matches, settings.matching, serving) : liked;
  if (proposals) liftScores(scores, candidates.rows, proposals, settings);
  const ranked = rankCandidates(candidates.rows, scores, situation.reordered ? candidates.rows.length : situation.wanted);
  stopwatch.lap('score');

  const chosen = applyRules(ranked, situation, trace?.onRule);
  stopwatch.lap('rules');

  const told = serving.permits.tellable(session.counted); // the others count, and are not named
  const items = presentItems(chosen, told, HORIZONS.long, snapshot, request.locale, (row, reason) =>
    reasonOfSource(row, reason, situation, proposals),
  );
  const cursor = nextCursor(request, snapshot, chosen);
  stopwatch.lap('reasons');

  const answer: Answer = {
    items,
    cursor,
    unknown: session.unknown,
    snapshot: snapshot.version,
    degraded,
    ...(intent && { intent }),
    ...(critiques.length > 0 && { critiques: chipsOf(critiques, serving) }),
  };
  return trace ? { ...answer, debug: trace.finish(proposals!, candidates, scores) } : answer;
}
