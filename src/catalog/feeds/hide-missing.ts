import { LIMITS } from '../../domain/limits.ts';
import type { Catalogue } from '../items/catalogue.ts';
import { contentHash } from '../items/content-hash.ts';
import { DELETED } from '../items/stored-item.ts';
import { FeedFault } from './fault.ts';
import type { FeedItems } from './feed-items.ts';

/** Items that are read and hidden at once. */
const ITEMS_AT_ONCE = 500;

/**
 * Hides what the feed had and has no more, and remembers what it has; gives how many items were hidden. Throws `FeedFault` where more than
 * `LIMITS.feedLeavers` of it left at once: then nothing is hidden.
 */
export async function hideMissing(
  seen: ReadonlySet<string>,
  items: Pick<FeedItems, 'all' | 'add' | 'remove'>,
  catalogue: Pick<Catalogue, 'readAll' | 'write'>,
  nowMs: number,
): Promise<number> {
  const had = await items.all();
  const missing = [...had].filter((id) => !seen.has(id));
  if (missing.length > had.size * LIMITS.feedLeavers)
    throw new FeedFault(
      `${missing.length} of its ${had.size} items left it at once, and none was hidden; if that is right, give the feed another name`,
    );
  let hidden = 0;
  for (let at = 0; at < missing.length; at += ITEMS_AT_ONCE) {
    const some = await catalogue.readAll(missing.slice(at, at + ITEMS_AT_ONCE));
    const shown = some.filter(({ hash, item }) => hash !== DELETED && !item.hidden).map(({ item }) => ({ ...item, hidden: true }));
    const writes = await Promise.all(shown.map(async (item) => ({ item, hash: await contentHash(item), createdMs: undefined })));
    hidden += (await catalogue.write(writes, nowMs)).length;
  }
  await items.add([...seen].filter((id) => !had.has(id)));
  await items.remove(missing);
  return hidden;
}
