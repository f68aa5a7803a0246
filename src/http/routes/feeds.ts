import { Hono } from 'hono';
import type { Services } from '../services.ts';

/** `GET /v1/feeds`: where items are pulled from, and how the latest pull of each ended. An address is told without its query, which may hold a secret. */
export function feedRoute({ feeds: { configured, pulls }, tenant }: Services): Hono {
  return new Hono().get('/feeds', async (c) => {
    const latest = await pulls.latest();
    const feeds = configured.feeds
      .filter((feed) => feed.tenant === tenant)
      .map(({ name, url, kind, everyMinutes, hideMissing }) => {
        const { origin, pathname } = new URL(url);
        return { name, url: origin + pathname, kind, everyMinutes, hideMissing, lastPull: latest.get(name) ?? null };
      });
    return c.json({ feeds, ...(configured.fault === undefined ? {} : { fault: configured.fault }) });
  });
}
