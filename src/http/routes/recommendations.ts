import { Hono } from 'hono';
import { parseFilter } from '../../recommend/filter/parse.ts';
import { EMPTY_ANSWER, recommend } from '../../recommend/recommend.ts';
import { Stopwatch } from '../../recommend/stopwatch.ts';
import type { Services } from '../services.ts';
import { readBody } from '../body.ts';
import { RecommendationBody } from '../schemas.ts';
import { withServing } from '../serve.ts';

/** `POST /v1/recommendations`: what a user with this history may want next. */
export function recommendationRoutes(services: Services): Hono {
  return new Hono().post('/recommendations', async (c) => {
    const { history, filter, ...body } = await readBody(c.req, RecommendationBody);
    const request = {
      ...body,
      history: history.map(({ item }) => item),
      ...(filter === undefined ? {} : { filter: parseFilter(filter) }),
    };
    return withServing(c, services, async (serving) => {
      const stopwatch = new Stopwatch(services.preciseNowMs);
      const answer = serving ? await recommend(request, serving, stopwatch) : EMPTY_ANSWER;
      c.header('Server-Timing', stopwatch.header());
      return c.json({ id: services.newId(), ...answer });
    });
  });
}
