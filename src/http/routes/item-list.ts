import { Hono } from 'hono';
import * as v from 'valibot';
import { livePointer } from '../../catalog/activate.ts';
import { listItems } from '../../catalog/items/list-items.ts';
import { EdgewiseError } from '../../domain/errors.ts';
import { LIMITS } from '../../domain/limits.ts';
import { fromBase64Url, toBase64Url } from '../../kernel/base64url.ts';
import { compileFilter } from '../../recommend/filter/compile.ts';
import { callerOf } from '../auth/caller.ts';
import { parseInput } from '../body.ts';
import { filterInQuery, limitInQuery } from '../schemas.ts';
import { noSnapshot, withServing } from '../serve.ts';
import type { Services } from '../services.ts';
import { showItem } from '../shown-item.ts';

const PageQuery = v.object({
  cursor: v.optional(v.pipe(v.string(), v.maxLength(LIMITS.cursorChars, `a cursor has at most ${LIMITS.cursorChars} characters`))),
  filter: filterInQuery,
  limit: limitInQuery,
});

/** What a cursor holds: the id behind which its page begins. */
const PageCursor = v.strictObject({ after: v.string() });

/** `GET /v1/items` without `q`: the whole catalogue by id, hidden items too, for server keys. */
export function itemListRoute(services: Services): Hono {
  return new Hono().get('/items', async (c, next) => {
    if (c.req.query('q') !== undefined) return next();
    if (callerOf(c).role === 'public')
      throw new EdgewiseError('forbidden', 'A public key may look items up by ?q=; a server key may list all of them.');
    const { cursor, filter, limit } = parseInput(PageQuery, c.req.query());
    const after = cursor === undefined ? '' : readCursor(cursor);
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
        cursor: page.next === undefined ? null : toBase64Url(JSON.stringify({ after: page.next })),
      });
    });
  });
}

function readCursor(cursor: string): string {
  try {
    return v.parse(PageCursor, JSON.parse(fromBase64Url(cursor))).after;
  } catch (cause) {
    throw new EdgewiseError('cursor_invalid', 'The cursor is not one of this list. Send the one that came with the last answer.', {
      path: 'cursor',
      cause,
    });
  }
}
