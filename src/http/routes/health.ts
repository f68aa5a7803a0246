import { Hono } from 'hono';
import type { RefreshReport } from '../../catalog/refresh/refresh.ts';
import { versionMs } from '../../catalog/shards.ts';
import type { Services } from '../services.ts';
import { withServing } from '../serve.ts';

/**
 * `GET /v1/health`: what this isolate serves. `status` is `ok`, `starting` while the transformer is not ready, `failed` with
 * the `fault` of an encoder that cannot be opened, or `degraded` with the `fault` that keeps a published version from being served.
 * `access` says whether anybody may call everything, `rateLimits` whether requests are counted.
 * `startFault` says why a recorded start of the runtime could not be used; all is well without it, only slower to begin.
 */
export function healthRoute(services: Services): Hono {
  const startedMs = services.nowMs();
  return new Hono().get('/health', (c) =>
    withServing(c, services, async (serving) => {
      const { lastFault } = services.store;
      const fault = lastFault ?? serving?.encoderFault;
      return c.json({
        status: lastFault ? 'degraded' : fault ? 'failed' : serving?.encoderReady ? 'ok' : 'starting',
        snapshot: serving?.snapshot.version ?? null,
        snapshotAgeMs: serving ? services.nowMs() - versionMs(serving.snapshot.version) : null,
        catalogue: serving?.snapshot.model.catalogue ?? null,
        items: serving?.snapshot.items.length ?? 0,
        runtimeReady: serving?.encoderReady ?? false,
        lastRefresh: await lastRefresh(services),
        uptimeMs: services.nowMs() - startedMs,
        ...services.guard,
        ...(fault ? { fault } : {}),
        ...(serving?.startFault ? { startFault: serving.startFault } : {}),
      });
    }),
  );
}

/** How the latest refresh ended, or that it runs; null before the first, and where nobody can say. */
async function lastRefresh({ refresher }: Services): Promise<RefreshReport | null> {
  const [latest] = await refresher.refreshes.latest(1).catch(() => []);
  return latest ?? null;
}
