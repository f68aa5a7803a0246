import type { Feed } from './feed.ts';
import type { FeedPulls } from './pulls.ts';
import { pullFeed, type PullOutcome, type PullTools } from './pull-feed.ts';

/** What belongs to the tenant of a feed. */
export interface FeedTenant extends Pick<PullTools, 'catalogue' | 'isServed'> {
  readonly pulls: Pick<FeedPulls, 'begin' | 'finish'>;
  readonly itemsOf: (feed: string) => PullTools['items'];
  /** Makes what the live version has known. */
  readonly open: () => Promise<void>;
  /** Tells every isolate what was written. */
  readonly publish: () => Promise<void>;
}

export interface DueOptions extends Pick<PullTools, 'fetch' | 'deadlines'> {
  readonly of: (tenant: string) => FeedTenant;
  readonly nowMs: () => number;
  /** Told of a pull that failed. */
  readonly onFailed: (feed: Feed, outcome: PullOutcome) => Promise<unknown>;
}

/** Pulls the feeds whose time has come, one after another; what is wrong with one keeps none of the others. */
export async function pullDueFeeds(feeds: readonly Feed[], options: DueOptions): Promise<void> {
  for (const feed of feeds) {
    try {
      await pullIfDue(feed, options);
    } catch (cause) {
      console.error(JSON.stringify({ event: 'feed_not_pulled', tenant: feed.tenant, feed: feed.name, error: String(cause) }));
    }
  }
}

async function pullIfDue(feed: Feed, { of, nowMs, fetch, deadlines, onFailed }: DueOptions): Promise<void> {
  const { pulls, itemsOf, open, publish, ...tenant } = of(feed.tenant);
  const startedMs = nowMs();
  const begun = await pulls.begin(feed, startedMs);
  if (!begun) return;
  await open();
  const tools = { ...tenant, fetch, deadlines, items: itemsOf(feed.name), nowMs: startedMs };
  const { outcome, validators } = await pullFeed(feed, begun.validators, tools);
  await pulls.finish(feed, startedMs, outcome, validators, nowMs());
  console.log(JSON.stringify({ event: 'feed_pulled', tenant: feed.tenant, feed: feed.name, ...outcome }));
  if (outcome.outcome === 'failed') await onFailed(feed, outcome);
  if (outcome.outcome !== 'unchanged') await publish();
}
