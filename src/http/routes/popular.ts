import { Hono } from 'hono';
import * as v from 'valibot';
import { seededRandom } from '../../kernel/random.ts';
import { recommend } from '../../recommend/recommend.ts';
import { fillRequest } from '../../recommend/request.ts';
import { Stopwatch } from '../../recommend/stopwatch.ts';
import type { Services } from '../services.ts';
import { parseInput } from '../body.ts';
import { filterInQuery, limitInQuery } from '../schemas.ts';
import { withSnapshot } from '../serve.ts';
import { timedJson } from '../timed-json.ts';

const PopularQuery = v.object({ limit: limitInQuery, filter: filterInQuery });

/** `GET /v1/popular`: what is recommended to somebody of whom nothing is known. */
export function popularRoute(services: Services): Hono {
  return new Hono().get('/popular', (c) => {
    const { limit, filter } = parseInput(PopularQuery, c.req.query());
    return withSnapshot(c, services, async (serving) => {
      const stopwatch = new Stopwatch(services.preciseNowMs);
      const request = fillRequest({ limit, nowMs: services.nowMs(), random: seededRandom(0), ...(filter && { filter }) });
      const { items, snapshot } = await recommend(request, serving, stopwatch);
      return timedJson({ items, snapshot }, stopwatch);
    });
  });
}
