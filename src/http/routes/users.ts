import { Hono } from 'hono';
import * as v from 'valibot';
import { EdgewiseError } from '../../domain/errors.ts';
import { byTime, type Interaction } from '../../domain/interaction.ts';
import { isVisitor } from '../../domain/visitor.ts';
import { countTypes, pastOf } from '../../session/past.ts';
import { isEmpty } from '../../session/session.ts';
import { callerOf, requireUser, signing } from '../auth/caller.ts';
import { parseInput, readBody } from '../body.ts';
import { Id, ItemParams, orUnknownField } from '../schemas.ts';
import type { Services } from '../services.ts';

/** `GET /v1/users/{id}` exports what is kept of a user, `DELETE` erases it, `POST /v1/users/{id}/merge` gives the user what a visitor did. */
export function userRoutes({ sessions, tokens, nowMs }: Services): Hono {
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
    })
    .post('/users/:id/merge', async (c) => {
      const { id } = parseInput(ItemParams, c.req.param());
      const caller = callerOf(c);
      requireUser(caller, id, 'id');
      const { visitor, token } = await readBody(c.req, MergeBody);
      const proven = await signing(tokens).userOf(token, caller.tenant, nowMs());
      if (proven !== visitor) throw new EdgewiseError('invalid_token', 'The token is of another visitor.', { path: 'token' });
      checkMerge(visitor, id);
      const merged = await sessions.merge(visitor, id, nowMs()).catch(unavailable);
      if (merged === undefined)
        throw new EdgewiseError('visitor_taken', 'This visitor is another user already: get a new one at POST /v1/visitors.', {
          path: 'visitor',
        });
      return c.json({ id, merged });
    });
}

const MergeBody = v.strictObject(
  { visitor: Id, token: v.string('a token is a string') },
  orUnknownField('the body is an object such as {"visitor": "…", "token": "…"}'),
);

/** Users stay who they are: what becomes another is a visitor, and what it becomes is none. Otherwise two could become each other. */
function checkMerge(visitor: string, user: string): void {
  if (!isVisitor(visitor))
    throw new EdgewiseError('invalid_request', 'visitor: it is not the id of a visitor, as POST /v1/visitors gives one', {
      path: 'visitor',
    });
  if (isVisitor(user)) throw new EdgewiseError('invalid_request', 'id: a visitor becomes a user, and not another visitor', { path: 'id' });
}

/** As it was sent, with its times in RFC 3339. */
function exportInteraction({ atMs, receivedMs, ...interaction }: Interaction) {
  return { ...interaction, at: new Date(atMs).toISOString(), receivedAt: new Date(receivedMs).toISOString() };
}

function unavailable(cause: unknown): never {
  console.error(JSON.stringify({ event: 'session_unavailable', error: String(cause) }));
  throw new EdgewiseError('session_unavailable', "The user's session cannot be reached. Try again.", { cause });
}
