import { Hono } from 'hono';
import type { DegradedPart } from '../../domain/recommendation.ts';
import { parseFilter } from '../../recommend/filter/parse.ts';
import { readPast } from '../../recommend/past.ts';
import { EMPTY_ANSWER, recommend } from '../../recommend/recommend.ts';
import { Stopwatch } from '../../recommend/stopwatch.ts';
import { callerOf, requireUser } from '../auth/caller.ts';
import type { Services } from '../services.ts';
import { readBody } from '../body.ts';
import { RecommendationBody } from '../schemas.ts';
import { withServing } from '../serve.ts';

/** `POST /v1/recommendations`: what a user, or somebody with this history, may want next. */
export function recommendationRoutes(services: Services): Hono {
  return new Hono().post('/recommendations', async (c) => {
    const { user, history, filter, ...body } = await readBody(c.req, RecommendationBody);
    if (user !== undefined) requireUser(callerOf(c), user, 'user');
    const parsedFilter = filter === undefined ? {} : { filter: parseFilter(filter) };
    const stopwatch = new Stopwatch(services.preciseNowMs);
    const degraded: DegradedPart[] = [];
    const past = await readPast({ user, history: history?.map(({ item }) => item) }, services.sessions, degraded);
    if (user !== undefined) stopwatch.lap('user');
    const exclude = [...body.exclude, ...past.rejected];
    const request = { ...body, ...parsedFilter, history: past.history, exclude };
    return withServing(c, services, async (serving) => {
      const answer = serving ? await recommend(request, serving, stopwatch) : EMPTY_ANSWER;
      c.header('Server-Timing', stopwatch.header());
      return c.json({ id: services.newId(), ...answer, degraded: [...degraded, ...answer.degraded] });
    });
  });
}
