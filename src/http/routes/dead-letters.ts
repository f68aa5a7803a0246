import { Hono } from 'hono';
import * as v from 'valibot';
import { LIMITS } from '../../domain/limits.ts';
import type { DeadLetter } from '../../feedback/dead-letters.ts';
import { readBody } from '../body.ts';
import { Id, orUnknownField } from '../schemas.ts';
import type { Services } from '../services.ts';

const ReplayBody = v.optional(
  v.strictObject(
    {
      ids: v.optional(
        v.pipe(v.array(Id, 'ids are a list'), v.maxLength(LIMITS.deadLetters, `a request replays at most ${LIMITS.deadLetters} letters`)),
      ),
    },
    orUnknownField('the body is an object such as {"ids": ["…"]} or {}'),
  ),
  {},
);

/** `GET /v1/dead-letters` lists messages that failed too often, oldest first; `POST /v1/dead-letters/replay` gives them to the queue again. */
export function deadLetterRoutes({ deadLetters, queue }: Services): Hono {
  return new Hono()
    .get('/dead-letters', async (c) => {
      const [letters, total] = await Promise.all([deadLetters.oldest(), deadLetters.count()]);
      return c.json({ letters: letters.map(exportLetter), total });
    })
    .post('/dead-letters/replay', async (c) => {
      const { ids } = await readBody(c.req, ReplayBody);
      const replayed = await deadLetters.replay(queue, ids);
      return c.json({ replayed, left: await deadLetters.count() });
    });
}

function exportLetter({ id, diedMs, message }: DeadLetter) {
  return { id, diedAt: new Date(diedMs).toISOString(), message };
}
