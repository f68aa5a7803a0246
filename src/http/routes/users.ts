import { Hono } from 'hono';
import { EdgewiseError } from '../../domain/errors.ts';
import { byTime, type Interaction } from '../../domain/interaction.ts';
import { countTypes, pastOf } from '../../session/past.ts';
import { isEmpty } from '../../session/session.ts';
import { callerOf, requireUser } from '../auth/caller.ts';
import { parseInput } from '../body.ts';
import { ItemParams } from '../schemas.ts';
import type { Services } from '../services.ts';

/** `GET /v1/users/{id}` exports what is kept of a user, `DELETE` erases it. */
export function userRoutes({ sessions, nowMs }: Services): Hono {
  return new Hono()
    .get('/users/:id', async (c) => {
      const { id } = parseInput(ItemParams, c.req.param());
      requireUser(callerOf(c), id, 'id');
      const session = await sessions.read(id).catch(unavailable);
      if (isEmpty(session)) throw new EdgewiseError('user_not_found', `Nothing is kept of a user "${id}".`, { path: 'id' });
      const interactions = [...session.done, ...session.shown].sort(byTime).map(exportInteraction);
      return c.json({ id, interactions, counts: countTypes(session), ...pastOf(session) });
    })
    .delete('/users/:id', async (c) => {
      const { id } = parseInput(ItemParams, c.req.param());
      requireUser(callerOf(c), id, 'id');
      await sessions.erase(id, nowMs()).catch(unavailable);
      return c.json({ id, erased: ['session'], erasing: ['log'] }, 202);
    });
}

/** As it was sent, with its times in RFC 3339. */
function exportInteraction({ atMs, receivedMs, ...interaction }: Interaction) {
  return { ...interaction, at: new Date(atMs).toISOString(), receivedAt: new Date(receivedMs).toISOString() };
}

function unavailable(cause: unknown): never {
  console.error(JSON.stringify({ event: 'session_unavailable', error: String(cause) }));
  throw new EdgewiseError('session_unavailable', "The user's session cannot be reached. Try again.", { cause });
}
