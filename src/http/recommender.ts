import type { Context } from 'hono';
import { defined } from '../domain/defined.ts';
import { EdgewiseError } from '../domain/errors.ts';
import { matchLocale, type Locale } from '../domain/locale.ts';
import type { Intent } from '../domain/intent.ts';
import type { DegradedPart, Recommendation, RecommendedItem } from '../domain/recommendation.ts';
import { markId } from '../domain/recommendation-id.ts';
import { assign } from '../experiments/experiment.ts';
import { fnv1a } from '../kernel/hash.ts';
import { seededRandom } from '../kernel/random.ts';
import { isDoubtful } from '../intent/reading/doubt.ts';
import type { Said } from '../intent/reading/readings.ts';
import { knownCounts, refreshCounts } from '../recommend/counts.ts';
import { pagedRows } from '../recommend/cursor.ts';
import { readPast } from '../recommend/past.ts';
import { EMPTY_ANSWER, recommend } from '../recommend/recommend.ts';
import { fillRequest, type Asked } from '../recommend/request.ts';
import { SCENARIOS, type ScenarioName } from '../recommend/scenarios.ts';
import type { Serving } from '../recommend/serving.ts';
import type { Stopwatch } from '../recommend/stopwatch.ts';
import type { SentRequest } from './recommendation-body.ts';
import { toSettings } from './overrides.ts';
import { placeOf } from './place.ts';
import { callerOf, requireUser } from './auth/caller.ts';
import { responseSent } from './serve.ts';
import type { Services } from './services.ts';

/** A sent request with what is stored of the one who asks. */
export interface ReadyRequest extends SentRequest {
  readonly past: Pick<Asked, 'history' | 'unfinished' | 'shown' | 'critiques' | 'reranking' | 'exclude'>;
  readonly rerankingDue: boolean;
  readonly degraded: readonly DegradedPart[];
}

/** Looks up who asks. Throws `forbidden` where the caller may not ask for this user, or not for debugging, and `unknown_interaction_type`. */
export async function readyRequest(sent: SentRequest, c: Context, { sessions, weights }: Services): Promise<ReadyRequest> {
  const caller = callerOf(c);
  if (sent.asker.user !== undefined) requireUser(caller, sent.asker.user, 'user');
  if (sent.asked.traced && caller.role !== 'server')
    throw new EdgewiseError('forbidden', 'Only a server key may have an answer explained with "debug".', { path: 'explain' });
  const degraded: DegradedPart[] = [];
  const { rejected, rerankingDue, ...past } = await readPast(sent.asker, sessions, weights, degraded);
  return { ...sent, past: { ...past, exclude: [...(sent.asked.exclude ?? []), ...rejected] }, rerankingDue, degraded };
}

/** Answers a request out of a version, or visibly with nothing while there is none; reads counters and experiments again after it. Throws `cursor_stale`, `cursor_invalid`. */
export async function answerRequest(
  { asker, asked, past, rerankingDue, scenario, cursor, explained, degraded }: ReadyRequest,
  serving: Serving | undefined,
  c: Context,
  services: Services,
  stopwatch: Stopwatch,
): Promise<Recommendation> {
  const assigned = asker.user === undefined ? undefined : assign(asker.user, scenario, services.experiments.known);
  const id = markId(services.newId(), { scenario, ...(assigned && { experiment: assigned.experiment, variant: assigned.variant.name }) });
  if (!serving) return { id, ...EMPTY_ANSWER, degraded: [...degraded, ...EMPTY_ANSWER.degraded] };
  const locale = asked.locale ?? matchLocale(c.req.header('accept-language'));
  const said = asked.query === undefined ? undefined : ({ kind: 'query', text: asked.query, locale } as const);
  const request = fillRequest({
    ...asked,
    ...past,
    ...(assigned && { overrides: { ...toSettings(assigned.variant.overrides), ...asked.overrides } }),
    ...(cursor && { paged: pagedRows(cursor, scenario, serving.snapshot) }),
    ...(said && defined({ reading: services.readings.known(said) })),
    locale,
    counts: knownCounts(services.counters),
    nowMs: services.nowMs(),
    random: seededRandom(fnv1a(id)),
  });
  const answer = await recommend(request, serving, stopwatch);
  const counting = refreshCounts(request.settings, services.counters, serving, services.nowMs());
  if (counting) c.executionCtx.waitUntil(counting);
  if (asker.user !== undefined) c.executionCtx.waitUntil(services.experiments.refresh(services.nowMs()));
  if (said && answer.intent) readLater(said, answer.intent, serving, c, services);
  if (asker.user !== undefined && rerankingDue && request.settings.reranking)
    rerankLater(asker.user, scenario, answer.items, serving, c, services);
  const items = explained ? explainItems(c, answer.items, request.locale, serving, services) : answer.items;
  const variant = assigned && { experiment: assigned.experiment, name: assigned.variant.name };
  return { id, ...answer, items, degraded: [...degraded, ...answer.degraded], ...(variant && { variant }) };
}

/** Sees to it after the response that a query which the rules are not sure of is read by a language model, for whoever asks it next. */
function readLater(said: Said, intent: Intent, { lexicon }: Serving, c: Context, { readings }: Services): void {
  if (intent.origin === 'llm') return;
  const place = placeOf(c);
  const read = async () => {
    await responseSent();
    if (isDoubtful(intent.unknown, [intent.about], lexicon)) await readings.prepare(said, lexicon, place);
  };
  c.executionCtx.waitUntil(read());
}

/** Sees to it after the response that a language model puts in order what this user is recommended. A list that is about something is of the moment, and is left as it is. */
function rerankLater(
  user: string,
  scenario: ScenarioName,
  items: readonly RecommendedItem[],
  { snapshot }: Serving,
  c: Context,
  { rerankings }: Services,
): void {
  if (SCENARIOS[scenario].needs) return;
  const place = placeOf(c);
  const candidates = items.map(({ id }) => snapshot.items.at(snapshot.rowOf.get(id)!));
  c.executionCtx.waitUntil(responseSent().then(() => rerankings.prepare({ user, scenario, place }, candidates)));
}

/** The items with what is known of their explanations; what is not is seen to after the response. */
function explainItems(
  c: Context,
  items: readonly RecommendedItem[],
  locale: Locale,
  { snapshot }: Serving,
  { explanations }: Services,
): readonly RecommendedItem[] {
  const attached = explanations.attach(items, locale, snapshot);
  const place = placeOf(c);
  c.executionCtx.waitUntil(responseSent().then(() => explanations.prepare(attached, snapshot, place)));
  return attached;
}
