import { Hono } from 'hono';
import { isLogName } from '../../feedback/log.ts';
import { cursorInQuery, readAfter, writeAfter } from '../page-cursor.ts';
import { readQuery } from '../query.ts';
import type { Services } from '../services.ts';

const LOG = { cursor: cursorInQuery };

/** The header with the cursor of what follows; absent at the end. */
const CURSOR_HEADER = 'Edgewise-Cursor';

/** `GET /v1/log`: the training log as gzipped NDJSON, some objects an answer. */
export function logRoute({ log }: Services): Hono {
  return new Hono().get('/log', async (c) => {
    const { cursor } = readQuery(c, LOG);
    const { bytes, next } = await log.read(cursor === undefined ? undefined : readAfter(cursor, isLogName));
    if (next !== undefined) c.header(CURSOR_HEADER, writeAfter(next));
    return c.body(bytes, 200, { 'Content-Type': 'application/gzip' });
  });
}
