import { Hono } from 'hono';
import * as v from 'valibot';
import { LIMITS } from '../../domain/limits.ts';
import { findItems } from '../../recommend/find.ts';
import { rowToTell } from '../row-to-tell.ts';
import { similarItems } from '../../recommend/similar.ts';
import { Stopwatch } from '../../recommend/stopwatch.ts';
import type { Services } from '../services.ts';
import { parseInput } from '../body.ts';
import { readQuery, SHOWN_LIST } from '../query.ts';
import { ItemParams } from '../schemas.ts';
import { withSnapshot } from '../serve.ts';
import { timedJson } from '../timed-json.ts';

const FIND = {
  q: v.pipe(v.string(), v.maxLength(LIMITS.queryChars, `q has at most ${LIMITS.queryChars} characters`)),
  ...SHOWN_LIST,
};

/** `GET /v1/items?q=` and `/v1/items/{id}/similar`. */
export function itemRoutes(services: Services): Hono {
  return new Hono()
    .get('/items', (c) => {
      const { q, limit, filter, market } = readQuery(c, FIND);
      return withSnapshot(c, services, async (serving) =>
        c.json(findItems(q, limit, serving, serving.permits.rowsFor(filter, services.nowMs(), market))),
      );
    })
    .get('/items/:id/similar', (c) => {
      const { id } = parseInput(ItemParams, c.req.param());
      const { limit, filter, market } = readQuery(c, SHOWN_LIST);
      return withSnapshot(c, services, async (serving) => {
        const stopwatch = new Stopwatch(services.preciseNowMs);
        const permitted = serving.permits.rowsFor(filter, services.nowMs(), market);
        const items = similarItems(rowToTell(id, serving, 'id'), limit, serving, permitted);
        stopwatch.lap('similar');
        return timedJson({ items, snapshot: serving.snapshot.version }, stopwatch);
      });
    });
}
