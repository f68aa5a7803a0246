import { Hono } from 'hono';
import type { DegradedPart } from '../../domain/recommendation.ts';
import { parseFilter } from '../../recommend/filter/parse.ts';
import { readPast } from '../../recommend/past.ts';
import { search } from '../../recommend/search.ts';
import { Stopwatch } from '../../recommend/stopwatch.ts';
import type { Services } from '../services.ts';
import { readBody } from '../body.ts';
import { SearchBody } from '../schemas.ts';
import { withSnapshot } from '../serve.ts';

/** `POST /v1/search`: what somebody means by these words, and the items that it finds. */
export function searchRoute(services: Services): Hono {
  return new Hono().post('/search', async (c) => {
    const { q: query, user, history, filter, ...body } = await readBody(c.req, SearchBody);
    const parsedFilter = filter === undefined ? {} : { filter: parseFilter(filter) };
    const stopwatch = new Stopwatch(services.preciseNowMs);
    const degraded: DegradedPart[] = [];
    const past = await readPast({ user, history: history?.map(({ item }) => item) }, services.sessions, degraded);
    if (user !== undefined) stopwatch.lap('user');
    const request = { ...body, ...parsedFilter, query, history: past.history, exclude: [...body.exclude, ...past.rejected] };
    return withSnapshot(c, services, async (serving) => {
      const answer = await search(request, serving, stopwatch);
      c.header('Server-Timing', stopwatch.header());
      return c.json({ id: services.newId(), ...answer, degraded: [...degraded, ...answer.degraded] });
    });
  });
}
