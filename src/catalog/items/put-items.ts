import type { CatalogueItem } from '../../domain/catalogue-item.ts';
import { LIMITS } from '../../domain/limits.ts';
import type { Catalogue } from './catalogue.ts';
import type { SentItem } from './sent-item.ts';
import type { StoredItem } from './stored-item.ts';
import { contentHash } from './content-hash.ts';
import { parseItem, type Refusal } from './parse-item.ts';

/** Items that are read before they are written: what a stream holds in memory. */
const ITEMS_AT_ONCE = 500;

/** What became of items that were sent. */
export interface PutResult<P> {
  /** Items that are in the catalogue now as they were sent, */
  readonly accepted: number;
  /** and those of them that were there already, as they are. */
  readonly unchanged: number;
  readonly refusedTotal: number;
  /** The first `LIMITS.refusalsTold` of those that are not, with their place among all that were sent. */
  readonly refused: readonly (P & Refusal & { readonly id?: string })[];
}

export interface PutOptions {
  readonly catalogue: Pick<Catalogue, 'write'>;
  /** Whether the snapshot has an item: then it is not new, even if the catalogue was never told of it. */
  readonly isServed: (id: string) => boolean;
  readonly nowMs: number;
  /** Told of everything that was changed, as soon as it is. */
  readonly onWritten: (changes: readonly StoredItem[]) => void;
}

/** Keeps every good item, some hundred at a time, and says of every bad one what is wrong with it. Of two with one id the later counts. */
export async function putItems<P extends object>(
  sent: AsyncIterable<SentItem<P>>,
  { catalogue, isServed, nowMs, onWritten }: PutOptions,
): Promise<PutResult<P>> {
  const refused: PutResult<P>['refused'][number][] = [];
  let [accepted, changed, refusedTotal] = [0, 0, 0];
  let waiting = new Map<string, CatalogueItem>();
  const write = async () => {
    const items = await Promise.all(
      [...waiting.values()].map(async (item) => ({
        item,
        hash: await contentHash(item),
        createdMs: isServed(item.id) ? undefined : nowMs,
      })),
    );
    waiting = new Map();
    const changes = await catalogue.write(items, nowMs);
    changed += changes.length;
    onWritten(changes);
  };
  try {
    for await (const one of sent) {
      const item = 'fault' in one ? { refusal: { message: one.fault } } : parseItem(one.value);
      if ('refusal' in item) {
        refusedTotal++;
        if (refused.length < LIMITS.refusalsTold)
          refused.push({ ...one.place, ...('fault' in one ? {} : idOf(one.value)), ...item.refusal });
      } else {
        accepted++;
        if (waiting.has(item.id)) changed++; // it was overwritten before it was written
        waiting.set(item.id, item);
        if (waiting.size === ITEMS_AT_ONCE) await write();
      }
    }
  } finally {
    if (waiting.size > 0) await write(); // whatever breaks off, what came before it is kept
  }
  return { accepted, unchanged: accepted - changed, refusedTotal, refused };
}

/** The id of what was sent, where it has one: a message with it is easier to act on. */
export function idOf(value: unknown): { readonly id?: string } {
  const id = typeof value === 'object' && value !== null && 'id' in value ? value.id : undefined;
  return typeof id === 'string' && id.length <= LIMITS.idChars ? { id } : {};
}
