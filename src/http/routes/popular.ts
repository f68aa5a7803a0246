import { Hono } from 'hono';
import { popularItems } from '../../recommend/popular-items.ts';
import { Stopwatch } from '../../recommend/stopwatch.ts';
import type { Services } from '../services.ts';
import { readQuery, SHOWN_LIST } from '../query.ts';
import { withSnapshot } from '../serve.ts';
import { timedJson } from '../timed-json.ts';

/** `GET /v1/popular` */
export function popularRoute(services: Services): Hono {
  return new Hono().get('/popular', (c) => {
    const asked = readQuery(c, SHOWN_LIST);
    return withSnapshot(c, services, async (serving) => {
      const stopwatch = new Stopwatch(services.preciseNowMs);
      const { items, snapshot } = await popularItems(asked, serving, services.nowMs(), stopwatch);
      return timedJson({ items, snapshot }, stopwatch);
    });
  });
}
