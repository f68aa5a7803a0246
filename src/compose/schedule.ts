import { tellAlertHook } from '../catalog/alert.ts';
import type { ConfiguredFeeds } from '../catalog/feeds/from-env.ts';
import { pullDueFeeds, type FeedTenant } from '../catalog/feeds/pull-due.ts';
import { tenantsWithItems } from '../catalog/items/tenants.ts';
import { publishOverlays } from '../catalog/overlay/publish-overlays.ts';
import { startRefresh, type RefreshStarter } from '../catalog/refresh/start.ts';
import { syncVectors } from '../catalog/vectors/sync-vectors.ts';
import { EdgewiseError } from '../domain/errors.ts';
import { LIMITS } from '../domain/limits.ts';
import { DEFAULT_TENANT } from '../domain/tenant.ts';
import type { Env } from './env.ts';
import type { Service } from './service.ts';

/** What is due every minute: what another isolate wrote and could not publish, or what a new version lacks, is told; vectors and feeds follow. */
export async function everyMinute({ tenants, feeds }: Service, env: Env): Promise<void> {
  await publishOverlays(await tenantsWithItems(env.FEEDBACK), (tenant) => tenants.of(tenant), Date.now());
  const { indexing } = tenants.of(DEFAULT_TENANT);
  if (indexing)
    await syncVectors(indexing).catch((cause: unknown) =>
      console.error(JSON.stringify({ event: 'vectors_unwritten', error: String(cause) })),
    );
  await pullFeeds(feeds, (tenant) => tenants.of(tenant).feeding, env.ALERT_URL);
}

/** A refresh that is still running goes on, and the next trigger begins another. */
export async function refreshOnSchedule(refresher: RefreshStarter): Promise<void> {
  try {
    await startRefresh(crypto.randomUUID(), refresher, Date.now());
  } catch (cause) {
    if (!(cause instanceof EdgewiseError && cause.code === 'refresh_running')) throw cause;
  }
}

function pullFeeds({ feeds }: ConfiguredFeeds, of: (tenant: string) => FeedTenant, alertUrl: string | undefined): Promise<void> {
  return pullDueFeeds(feeds, {
    of,
    fetch: (input, init) => fetch(input, init),
    deadlines: { stallMs: LIMITS.feedStallMs, pullMs: LIMITS.feedPullMs },
    nowMs: () => Date.now(),
    onFailed: async ({ tenant, name }, outcome) =>
      alertUrl && tellAlertHook(alertUrl, { event: 'feed_failed', tenant, feed: name, ...outcome }),
  });
}
