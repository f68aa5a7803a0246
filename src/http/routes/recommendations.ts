import { Hono, type Context } from 'hono';
import { matchLocale, type Locale } from '../../domain/locale.ts';
import type { DegradedPart, RecommendedItem } from '../../domain/recommendation.ts';
import { parseFilter } from '../../recommend/filter/parse.ts';
import { readPast } from '../../recommend/past.ts';
import { EMPTY_ANSWER, recommend } from '../../recommend/recommend.ts';
import type { Serving } from '../../recommend/serving.ts';
import { Stopwatch } from '../../recommend/stopwatch.ts';
import type { Services } from '../services.ts';
import { readBody } from '../body.ts';
import { placeOf } from '../place.ts';
import { RecommendationBody } from '../schemas.ts';
import { responseSent, withServing } from '../serve.ts';

/** `POST /v1/recommendations`: what a user, or somebody with this history, may want next. */
export function recommendationRoutes(services: Services): Hono {
  return new Hono().post('/recommendations', async (c) => {
    const {
      user,
      history,
      filter,
      explain,
      locale = matchLocale(c.req.header('accept-language')),
      ...body
    } = await readBody(c.req, RecommendationBody);
    const parsedFilter = filter === undefined ? {} : { filter: parseFilter(filter) };
    const stopwatch = new Stopwatch(services.preciseNowMs);
    const degraded: DegradedPart[] = [];
    const past = await readPast({ user, history: history?.map(({ item }) => item) }, services.sessions, degraded);
    if (user !== undefined) stopwatch.lap('user');
    const exclude = [...body.exclude, ...past.rejected];
    const request = { ...body, ...parsedFilter, locale, history: past.history, exclude };
    return withServing(c, services, async (serving) => {
      const answer = serving ? await recommend(request, serving, stopwatch) : EMPTY_ANSWER;
      c.header('Server-Timing', stopwatch.header());
      const items = explain && serving ? explainItems(c, answer.items, locale, serving, services) : answer.items;
      return c.json({ id: services.newId(), ...answer, items, degraded: [...degraded, ...answer.degraded] });
    });
  });
}

/** The items with what is known of their explanations; what is not is seen to after the response. */
function explainItems(
  c: Context,
  items: readonly RecommendedItem[],
  locale: Locale,
  { snapshot }: Serving,
  { explanations }: Services,
): readonly RecommendedItem[] {
  const explained = explanations.attach(items, locale, snapshot);
  const place = placeOf(c);
  c.executionCtx.waitUntil(responseSent().then(() => explanations.prepare(explained, snapshot, place)));
  return explained;
}
