import { Hono, type Context } from 'hono';
import * as v from 'valibot';
import { deleteItem, noItem, patchItem, readItem, type ItemSource, type ShownItem } from '../../catalog/items/edit-item.ts';
import type { StoredItem } from '../../catalog/items/stored-item.ts';
import { putItems } from '../../catalog/items/put-items.ts';
import type { SentItem } from '../../catalog/items/sent-item.ts';
import { toChange } from '../../catalog/overlay/publish-overlay.ts';
import type { Item } from '../../domain/item.ts';
import { LIMITS } from '../../domain/limits.ts';
import type { Serving } from '../../recommend/serving.ts';
import type { Services } from '../services.ts';
import { callerOf } from '../auth/caller.ts';
import { parseInput, readBody } from '../body.ts';
import { etagOf, ifMatch, noneMatches } from '../etag.ts';
import { readNdjson } from '../ndjson.ts';
import { ItemParams, orUnknownField } from '../schemas.ts';
import { noSnapshot, withServing } from '../serve.ts';
import { showItem } from '../shown-item.ts';

const ItemsBody = v.strictObject(
  {
    items: v.pipe(
      v.array(v.unknown(), 'items are a list'),
      v.maxLength(
        LIMITS.items,
        `a request has at most ${LIMITS.items} items; as application/x-ndjson, a line each, ${LIMITS.streamedItems}`,
      ),
    ),
  },
  orUnknownField('the body is an object such as {"items": [{"id", "title"}]}'),
);
const PatchBody = v.looseObject({}, 'the body is an object with the fields to change, e.g. {"price": 2.5, "brand": null}');

/** Where an item stood in its list, from 0, or in its stream, from 1. */
type Place = { readonly index: number } | { readonly line: number };

/** `PUT /v1/items`; `GET`, `PATCH` and `DELETE /v1/items/{id}`. */
export function catalogueRoutes(services: Services): Hono {
  const { store, catalogue, overlay, nowMs } = services;

  /** Runs `action` with the items of the catalogue and, behind them, those of the live version. */
  const withItems = <R>(c: Context, action: (source: ItemSource) => Promise<R>) =>
    withServing(c, services, (serving) => action({ catalogue, servedItem: (id) => servedItem(id, serving ?? noSnapshot(services)) }));

  /** This isolate serves changes at once, the others as soon as they read the overlay. */
  function tell(c: Context, changes: readonly StoredItem[]): void {
    if (changes.length === 0) return;
    store.learn(changes.map((change) => toChange(change)));
    c.executionCtx.waitUntil(
      overlay.publish().catch((cause: unknown) => console.error(JSON.stringify({ event: 'overlay_unpublished', error: String(cause) }))),
    );
  }

  return new Hono()
    .put('/items', (c) =>
      withServing(c, services, async (serving) => {
        const isNdjson = c.req.header('content-type')?.includes('ndjson') === true;
        const sent: AsyncIterable<SentItem<Place>> =
          isNdjson && c.req.raw.body
            ? readNdjson(c.req.raw.body, LIMITS.itemBytes, LIMITS.streamedItems)
            : inOrder((await readBody(c.req, ItemsBody, LIMITS.itemsBodyBytes)).items);
        return c.json(
          await putItems(sent, {
            catalogue,
            isServed: (id) => serving?.snapshot.rowOf.has(id) === true,
            nowMs: nowMs(),
            onWritten: (changes) => tell(c, changes),
          }),
        );
      }),
    )
    .get('/items/:id', (c) => {
      const { id } = parseInput(ItemParams, c.req.param());
      return withItems(c, async (source) => {
        const shown = await readItem(id, source);
        if (shown.item.hidden && callerOf(c).role === 'public') throw noItem(id); // before its tag says that it is there
        if (noneMatches(c, shown.hash)) return answerWith(c, shown);
        return c.body(null, 304, { ETag: etagOf(shown.hash) });
      });
    })
    .patch('/items/:id', async (c) => {
      const { id } = parseInput(ItemParams, c.req.param());
      const patch = await readBody(c.req, PatchBody);
      return withItems(c, async (source) => {
        const changed = await patchItem(id, patch, ifMatch(c), source, nowMs());
        if ('seq' in changed) tell(c, [changed]);
        return answerWith(c, changed);
      });
    })
    .delete('/items/:id', (c) => {
      const { id } = parseInput(ItemParams, c.req.param());
      return withItems(c, async (source) => {
        tell(c, [await deleteItem(id, ifMatch(c), source, nowMs())]);
        return c.body(null, 204);
      });
    });
}

/** With the place of each, from 0. */
async function* inOrder(values: readonly unknown[]): AsyncGenerator<SentItem<Place>, void> {
  for (const [index, value] of values.entries()) yield { value, place: { index } };
}

function servedItem(id: string, { snapshot }: Serving): Item | undefined {
  const row = snapshot.rowOf.get(id);
  return row === undefined ? undefined : snapshot.items.at(row);
}

function answerWith(c: Context, shown: ShownItem): Response {
  return c.json(showItem(shown), 200, { ETag: etagOf(shown.hash) });
}
