import { Hono } from 'hono';
import { defined } from '../../domain/defined.ts';
import { seededRandom } from '../../kernel/random.ts';
import { recommend } from '../../recommend/recommend.ts';
import { fillRequest } from '../../recommend/request.ts';
import { Stopwatch } from '../../recommend/stopwatch.ts';
import type { Services } from '../services.ts';
import { readQuery, SHOWN_LIST } from '../query.ts';
import { withSnapshot } from '../serve.ts';
import { timedJson } from '../timed-json.ts';

/** `GET /v1/popular`: what is recommended to somebody of whom nothing is known. */
export function popularRoute(services: Services): Hono {
  return new Hono().get('/popular', (c) => {
    const asked = defined(readQuery(c, SHOWN_LIST));
    return withSnapshot(c, services, async (serving) => {
      const stopwatch = new Stopwatch(services.preciseNowMs);
      const request = fillRequest({ ...asked, nowMs: services.nowMs(), random: seededRandom(0) });
      const { items, snapshot } = await recommend(request, serving, stopwatch);
      return timedJson({ items, snapshot }, stopwatch);
    });
  });
}
