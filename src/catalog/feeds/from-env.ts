import { parseFeeds, type Feed } from './feed.ts';

export interface FeedEnv {
  /** A JSON list, see docs/api.md; none if absent. */
  readonly FEEDS?: string;
}

/** The feeds of a Worker, or what is wrong with how they are configured: the Worker answers all the same. */
export interface ConfiguredFeeds {
  readonly feeds: readonly Feed[];
  readonly fault?: string;
}

export function feedsOf(env: FeedEnv): ConfiguredFeeds {
  try {
    return { feeds: parseFeeds(env.FEEDS, { ...env }) };
  } catch (cause) {
    const fault = (cause as Error).message;
    console.error(JSON.stringify({ event: 'feeds_misconfigured', error: fault }));
    return { feeds: [], fault };
  }
}
