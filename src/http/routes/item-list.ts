import { Hono } from 'hono';
import { livePointer } from '../../catalog/activate.ts';
import { listItems } from '../../catalog/items/list-items.ts';
import { EdgewiseError } from '../../domain/errors.ts';
import { compileFilter } from '../../recommend/filter/compile.ts';
import { callerOf } from '../auth/caller.ts';
import { cursorInQuery, readAfter, writeAfter } from '../page-cursor.ts';
import { filterInQuery, limitInQuery, readQuery } from '../query.ts';
import { noSnapshot, withServing } from '../serve.ts';
import type { Services } from '../services.ts';
import { showItem } from '../shown-item.ts';

const PAGE = {
  cursor: cursorInQuery,
  filter: filterInQuery,
  limit: limitInQuery,
};

/** `GET /v1/items` without `q`: the whole catalogue by id, hidden items too, for server keys. */
export function itemListRoute(services: Services): Hono {
  return new Hono().get('/items', async (c, next) => {
    if (c.req.query('q') !== undefined) return next();
    if (callerOf(c).role === 'public')
      throw new EdgewiseError('forbidden', 'A public key may look items up by ?q=; a server key may list all of them.');
    const { cursor, filter, limit } = readQuery(c, PAGE);
    const after = cursor === undefined ? '' : readAfter(cursor);
    return withServing(c, services, async (serving) => {
      if (!serving && (await livePointer(services.storage))) noSnapshot(services); // half a catalogue may not pass for a whole one
      const page = await listItems({
        catalogue: services.catalogue,
        served: serving?.snapshot.items,
        after,
        limit,
        passes: (items) => (filter ? compileFilter(filter, items) : () => true),
      });
      return c.json({
        items: page.items.map(showItem),
        cursor: page.next === undefined ? null : writeAfter(page.next),
      });
    });
  });
}
