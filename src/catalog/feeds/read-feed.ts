import { LIMITS } from '../../domain/limits.ts';
import { csvItem } from './csv-item.ts';
import type { Entry } from './entry.ts';
import { FeedFault } from './fault.ts';
import type { Feed, FeedKind } from './feed.ts';
import { boundBytes, readText } from './feed-text.ts';
import { googleItem } from './google-item.ts';
import type { OpenedFeed } from './open-feed.ts';
import { readGoogleXml } from './read-google-xml.ts';
import { readJsonFeed } from './read-json.ts';
import { readNdjsonFeed } from './read-ndjson.ts';
import { readTableFeed } from './read-table.ts';
import { shopifyItem } from './shopify-item.ts';
import type { Watch } from './watch.ts';

/** How the text of each kind becomes items. */
const READERS: Readonly<Record<FeedKind, (text: AsyncIterable<string>, url: string) => AsyncIterable<Entry>>> = {
  json: (text) => readJsonFeed(text, LIMITS.feedEntryChars),
  ndjson: (text) => readNdjsonFeed(text, LIMITS.feedEntryChars),
  csv: (text) => readTableFeed(text, LIMITS.feedEntryChars, csvItem),
  'google-xml': (text) => readGoogleXml(text, LIMITS.feedEntryChars),
  'google-tsv': (text) =>
    readTableFeed(text, LIMITS.feedEntryChars, (cells) => googleItem(new Map([...cells].map(([name, cell]) => [name, [cell]])))),
  async *shopify(text, url) {
    const { origin } = new URL(url);
    for await (const entry of readJsonFeed(text, LIMITS.feedEntryChars))
      yield 'fault' in entry ? entry : { ...entry, value: shopifyItem(entry.value, origin) };
  },
};

/** Products of a page of Shopify's, at most. */
const PAGE_ITEMS = 250;

/** The address of a page of a feed, from 1; only Shopify's come in pages. */
export function pageAddress({ kind, url }: Pick<Feed, 'kind' | 'url'>, page: number): string {
  if (kind !== 'shopify') return url;
  const at = new URL(url);
  if (!at.searchParams.has('limit')) at.searchParams.set('limit', String(PAGE_ITEMS));
  at.searchParams.set('page', String(page));
  return at.href;
}

/** All entries of a feed, as they arrive; pages after the first are asked for with `open`. Throws `FeedFault` where it cannot be read to its end. */
export async function* readFeed(
  feed: Pick<Feed, 'kind' | 'url'>,
  first: OpenedFeed,
  watch: Watch,
  open: (url: string) => Promise<OpenedFeed | undefined>,
): AsyncGenerator<Entry, void> {
  const onBytes = boundBytes();
  let items = 0;
  let begin: string | undefined;
  for (let page = 1, opened: OpenedFeed | undefined = first; opened; page++) {
    const before = items;
    const beginBefore = begin;
    for await (const entry of READERS[feed.kind](readText(opened, watch, onBytes), feed.url)) {
      if (items === before) begin = 'value' in entry ? JSON.stringify(entry.value) : undefined;
      if (items === before && begin !== undefined && begin === beginBefore) return; // an origin without pages gives the same one for ever
      if (++items > LIMITS.feedItems) throw new FeedFault(`it has more than ${LIMITS.feedItems} items`);
      yield entry;
    }
    if (feed.kind !== 'shopify' || items === before) return;
    if (page === LIMITS.feedPages) throw new FeedFault(`it has more than ${LIMITS.feedPages} pages`);
    opened = await open(pageAddress(feed, page + 1));
  }
}
