import { Hono } from 'hono';
import { Stopwatch } from '../../recommend/stopwatch.ts';
import type { Services } from '../services.ts';
import { readBody } from '../body.ts';
import { readRecommendation, SearchBody } from '../recommendation-body.ts';
import { answerRequest, readyRequest } from '../recommender.ts';
import { withSnapshot } from '../serve.ts';
import { timedJson } from '../timed-json.ts';

/** `POST /v1/search`: what somebody means by these words, and the items that it finds. It is the scenario `search`. */
export function searchRoute(services: Services): Hono {
  return new Hono().post('/search', async (c) => {
    const sent = readRecommendation(await readBody(c.req, SearchBody));
    const stopwatch = new Stopwatch(services.preciseNowMs);
    const ready = await readyRequest(sent, c, services);
    if (sent.asker.user !== undefined) stopwatch.lap('user');
    return withSnapshot(c, services, async (serving) => {
      const answer = await answerRequest(ready, serving, c, services, stopwatch);
      return timedJson(answer, stopwatch);
    });
  });
}
