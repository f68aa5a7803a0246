import { Hono } from 'hono';
import * as v from 'valibot';
import { LIMITS } from '../../domain/limits.ts';
import { findItems } from '../../recommend/find.ts';
import { rowToTell } from '../row-to-tell.ts';
import { similarItems } from '../../recommend/similar.ts';
import { Stopwatch } from '../../recommend/stopwatch.ts';
import type { Services } from '../services.ts';
import { parseInput } from '../body.ts';
import { ItemParams, limitInQuery } from '../schemas.ts';
import { withSnapshot } from '../serve.ts';
import { timedJson } from '../timed-json.ts';

const FindQuery = v.object({
  q: v.pipe(v.string(), v.maxLength(LIMITS.queryChars, `q has at most ${LIMITS.queryChars} characters`)),
  limit: limitInQuery,
});
const SimilarQuery = v.object({ limit: limitInQuery });

/** `GET /v1/items?q=` and `/v1/items/{id}/similar`. */
export function itemRoutes(services: Services): Hono {
  return new Hono()
    .get('/items', (c) => {
      const { q, limit } = parseInput(FindQuery, c.req.query());
      return withSnapshot(c, services, async (serving) =>
        c.json(findItems(q, limit, serving, serving.permits.rowsFor(undefined, services.nowMs()))),
      );
    })
    .get('/items/:id/similar', (c) => {
      const { id } = parseInput(ItemParams, c.req.param());
      const { limit } = parseInput(SimilarQuery, c.req.query());
      return withSnapshot(c, services, async (serving) => {
        const stopwatch = new Stopwatch(services.preciseNowMs);
        const items = similarItems(rowToTell(id, serving, 'id'), limit, serving, services.nowMs());
        stopwatch.lap('similar');
        return timedJson({ items, snapshot: serving.snapshot.version }, stopwatch);
      });
    });
}
