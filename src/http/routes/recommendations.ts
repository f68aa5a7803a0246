import { Hono } from 'hono';
import { Stopwatch } from '../../recommend/stopwatch.ts';
import type { Services } from '../services.ts';
import { readBody } from '../body.ts';
import { RecommendationBody, readRecommendation } from '../recommendation-body.ts';
import { answerRequest, readyRequest } from '../recommender.ts';
import { withServing } from '../serve.ts';
import { timedJson } from '../timed-json.ts';

/** `POST /v1/recommendations`: what a user, or somebody with this history, may want next. */
export function recommendationRoutes(services: Services): Hono {
  return new Hono().post('/recommendations', async (c) => {
    const sent = readRecommendation(await readBody(c.req, RecommendationBody));
    const stopwatch = new Stopwatch(services.preciseNowMs);
    const ready = await readyRequest(sent, c, services);
    if (sent.asker.user !== undefined) stopwatch.lap('user');
    return withServing(c, services, async (serving) => {
      const answer = await answerRequest(ready, serving, c, services, stopwatch);
      return timedJson(answer, stopwatch);
    });
  });
}
