import { Hono } from 'hono';
import { startRefresh } from '../../catalog/refresh/start.ts';
import type { Services } from '../services.ts';

const TOLD = 10;

/** `POST /v1/refresh` begins one, `GET /v1/refresh` tells of the latest. */
export function refreshRoutes({ refresher, nowMs, newId }: Services): Hono {
  return new Hono()
    .post('/refresh', async (c) => {
      const id = newId();
      await startRefresh(id, refresher, nowMs());
      return c.json({ id }, 202);
    })
    .get('/refresh', async (c) => c.json({ refreshes: await refresher.refreshes.latest(TOLD) }));
}
