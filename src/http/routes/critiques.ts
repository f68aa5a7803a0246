import { Hono } from 'hono';
import * as v from 'valibot';
import type { Critique, Wish } from '../../domain/critique.ts';
import { EdgewiseError } from '../../domain/errors.ts';
import { LIMITS } from '../../domain/limits.ts';
import { matchLocale } from '../../domain/locale.ts';
import { chipsOf } from '../../recommend/chips.ts';
import { callerOf, requireUser } from '../auth/caller.ts';
import { parseInput, readBody } from '../body.ts';
import { readCritique, refineLater } from '../critique-reading.ts';
import { rowToTell } from '../row-to-tell.ts';
import { Id, ItemParams, orUnknownField } from '../schemas.ts';
import type { Services } from '../services.ts';
import { withSnapshot } from '../serve.ts';

const FORM = 'the body is {"text": "less christmas, under 5"} or {"kind": "not-this", "item": "3"}';
const InWords = v.strictObject(
  {
    text: v.pipe(
      v.string('a text is what the user says'),
      v.trim(),
      v.minLength(1, 'a text has at least 1 character'),
      v.maxLength(LIMITS.queryChars, `a text has at most ${LIMITS.queryChars} characters`),
    ),
  },
  orUnknownField(FORM),
);
const OfAnItem = v.strictObject(
  { kind: v.picklist(['more-like-this', 'not-this'], 'kind is "more-like-this" or "not-this"'), item: Id },
  orUnknownField(FORM),
);
/** A union would not say which field is wrong. */
const CritiqueBody = v.lazy((body) => (typeof body === 'object' && body !== null && 'item' in body ? OfAnItem : InWords));
const CritiqueParams = v.object({ id: Id, critique: Id });

/** `POST /v1/users/{id}/critiques`: what a user says of their recommendations; `DELETE …/{critique}` takes one back. */
export function critiqueRoutes(services: Services): Hono {
  const { sessions, nowMs, newId } = services;
  return new Hono()
    .post('/users/:id/critiques', async (c) => {
      const { id: user } = parseInput(ItemParams, c.req.param());
      requireUser(callerOf(c), user, 'id');
      const body = await readBody(c.req, CritiqueBody);
      return withSnapshot(c, services, async (serving) => {
        const keep = (wishes: readonly Wish[], origin?: 'llm') =>
          wishes.map((wish): Critique => ({ ...wish, id: newId(), atMs: nowMs(), ...(origin && { origin }) }));
        const answer = async (added: readonly Critique[], unknown: readonly string[]) => {
          const critiques = await sessions.critique(user, added, nowMs()).catch(unavailable);
          return c.json({ critiques: chipsOf(critiques, serving), unknown });
        };
        if ('item' in body) {
          rowToTell(body.item, serving, 'item');
          return answer(keep([body]), []);
        }

        const said = { kind: 'critique', text: body.text, locale: matchLocale(c.req.header('accept-language')) } as const;
        const { wishes, unknown, origin, doubtful } = readCritique(said, serving, services);
        const added = keep(wishes, origin);
        const response = await answer(added, unknown);
        if (doubtful) refineLater(said, { user, ids: added.map(({ id }) => id) }, serving, c, services);
        return response;
      });
    })
    .delete('/users/:id/critiques/:critique', async (c) => {
      const { id: user, critique } = parseInput(CritiqueParams, c.req.param());
      requireUser(callerOf(c), user, 'id');
      return withSnapshot(c, services, async (serving) => {
        const critiques = await sessions.uncritique(user, critique, nowMs()).catch(unavailable);
        return c.json({ critiques: chipsOf(critiques, serving) });
      });
    });
}

function unavailable(cause: unknown): never {
  console.error(JSON.stringify({ event: 'session_unavailable', error: String(cause) }));
  throw new EdgewiseError('session_unavailable', "The user's session cannot be reached. Try again.", { cause });
}
