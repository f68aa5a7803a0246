import type { Catalogue } from '../items/catalogue.ts';
import { idOf, putItems, type PutResult } from '../items/put-items.ts';
import type { Entry } from './entry.ts';
import type { Feed } from './feed.ts';
import type { FeedItems } from './feed-items.ts';
import { hideMissing } from './hide-missing.ts';
import { openFeed, type OpenedFeed, type Validators } from './open-feed.ts';
import { pageAddress, readFeed } from './read-feed.ts';
import { Watch, type Deadlines } from './watch.ts';

/** How a pull ended. `unchanged`: the origin says the feed is what it was. `failed`: what came before the fault was taken, nothing was hidden. */
export type PullOutcome =
  | { readonly outcome: 'unchanged' }
  | ({ readonly outcome: 'pulled'; readonly hidden: number } & PutResult<Entry['place']>)
  | { readonly outcome: 'failed'; readonly reason: string };

export interface PullTools {
  readonly fetch: typeof fetch;
  readonly catalogue: Pick<Catalogue, 'write' | 'readAll'>;
  readonly items: Pick<FeedItems, 'all' | 'add' | 'remove'>;
  readonly isServed: (id: string) => boolean;
  readonly deadlines: Deadlines;
  readonly nowMs: number;
}

/**
 * Brings the catalogue up to what a feed says, item by item as it arrives; what says the same as before writes nothing. Never rejects. `validators` are of
 * the document that was read to its end.
 */
export async function pullFeed(
  feed: Feed,
  before: Validators | undefined,
  tools: PullTools,
): Promise<{ readonly outcome: PullOutcome; readonly validators?: Validators | undefined }> {
  const { fetch, deadlines } = tools;
  const watch = new Watch(deadlines);
  const open = (url: string, validators?: Validators) => openFeed({ ...feed, url }, { fetch, watch, validators });
  try {
    const isWhole = feed.kind !== 'shopify'; // that the first page is what it was says nothing of the others
    const opened = await open(pageAddress(feed, 1), isWhole ? before : undefined);
    if (!opened) return { outcome: { outcome: 'unchanged' }, validators: before };
    return { outcome: await takeFeed(feed, opened, watch, open, tools), validators: isWhole ? opened.validators : undefined };
  } catch (cause) {
    return { outcome: { outcome: 'failed', reason: cause instanceof Error ? cause.message : String(cause) } };
  } finally {
    watch.stop();
  }
}

async function takeFeed(
  feed: Feed,
  opened: OpenedFeed,
  watch: Watch,
  open: (url: string) => Promise<OpenedFeed | undefined>,
  { catalogue, items, isServed, nowMs }: PullTools,
): Promise<PullOutcome> {
  const seen = new Set<string>();
  const put = await putItems(noting(readFeed(feed, opened, watch, open), seen), {
    catalogue,
    isServed,
    nowMs,
    onWritten: () => undefined, // the overlay tells everybody of it afterwards
  });
  return { outcome: 'pulled', ...put, hidden: feed.hideMissing ? await hideMissing(seen, items, catalogue, nowMs) : 0 };
}

/** Notes the ids of what passes: an item that is refused is in the feed all the same. */
async function* noting(entries: AsyncIterable<Entry>, seen: Set<string>): AsyncGenerator<Entry, void> {
  for await (const entry of entries) {
    const { id } = 'value' in entry ? idOf(entry.value) : {};
    if (id !== undefined) seen.add(id);
    yield entry;
  }
}
