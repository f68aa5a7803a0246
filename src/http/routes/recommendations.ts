import { Hono } from 'hono';
import type { DegradedPart } from '../../domain/recommendation.ts';
import { parseFilter } from '../../recommend/filter/parse.ts';
import { weighCritiques } from '../../recommend/critiques.ts';
import { readPast } from '../../recommend/past.ts';
import { EMPTY_ANSWER, recommend, type Answer } from '../../recommend/recommend.ts';
import type { RecommendRequest } from '../../recommend/request.ts';
import { search } from '../../recommend/search.ts';
import type { Serving } from '../../recommend/serving.ts';
import { Stopwatch } from '../../recommend/stopwatch.ts';
import type { Services } from '../services.ts';
import { readBody } from '../body.ts';
import { RecommendationBody } from '../schemas.ts';
import { withServing } from '../serve.ts';

/** `POST /v1/recommendations`: what a user, or somebody with this history, may want next. */
export function recommendationRoutes(services: Services): Hono {
  return new Hono().post('/recommendations', async (c) => {
    const { user, history, filter, query, ...body } = await readBody(c.req, RecommendationBody);
    const parsedFilter = filter === undefined ? {} : { filter: parseFilter(filter) };
    const stopwatch = new Stopwatch(services.preciseNowMs);
    const degraded: DegradedPart[] = [];
    const past = await readPast({ user, history: history?.map(({ item }) => item) }, services.sessions, degraded);
    if (user !== undefined) stopwatch.lap('user');
    const exclude = [...body.exclude, ...past.rejected];
    const critiques = weighCritiques(past.critiques, services.nowMs());
    const request = { ...body, ...parsedFilter, history: past.history, exclude, critiques };
    return withServing(c, services, async (serving) => {
      const answer = serving ? await answerOf(query, request, serving, stopwatch) : EMPTY_ANSWER;
      c.header('Server-Timing', stopwatch.header());
      return c.json({ id: services.newId(), ...answer, degraded: [...degraded, ...answer.degraded] });
    });
  });
}

/** With words a search, without them what the past says. */
function answerOf(query: string | undefined, request: RecommendRequest, serving: Serving, stopwatch: Stopwatch): Promise<Answer> {
  return query === undefined ? recommend(request, serving, stopwatch) : search({ ...request, query }, serving, stopwatch);
}
