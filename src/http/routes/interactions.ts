import { Hono, type Context } from 'hono';
import { EdgewiseError } from '../../domain/errors.ts';
import type { Interaction } from '../../domain/interaction.ts';
import { LIMITS } from '../../domain/limits.ts';
import { callerOf, requireUser, speakFor } from '../auth/caller.ts';
import { readBody } from '../body.ts';
import { InteractionsBody, toInteraction } from '../interactions.ts';
import type { Services } from '../services.ts';

/**
 * `POST /v1/interactions`: what users did. Of any content type, and with the user token in the body if need be, so that
 * `navigator.sendBeacon` can send it.
 */
export function interactionRoutes({ sessions, weights, tokens, nowMs }: Services): Hono {
  return new Hono().post('/interactions', async (c) => {
    const body = await readBody(c.req, InteractionsBody, LIMITS.interactionBodyBytes);
    const caller = body.token === undefined ? callerOf(c) : await speakFor(callerOf(c), body.token, tokens, nowMs());
    body.interactions.forEach(({ user }, index) => requireUser(caller, user, `interactions[${index}].user`));
    const arrival = { nowMs: nowMs(), country: countryOf(c), weights };
    const interactions = body.interactions.map((sent, index) => toInteraction(sent, index, arrival));
    const byUser = Map.groupBy(interactions, ({ user }) => user);
    const stored = await Promise.allSettled([...byUser].map(([user, theirs]) => sessions.record(user, theirs, arrival.nowMs)));
    const failed = stored.find(({ status }) => status === 'rejected');
    if (failed) throw notStored(failed as PromiseRejectedResult, interactions);
    const accepted = stored.reduce((sum, result) => sum + (result as PromiseFulfilledResult<number>).value, 0);
    return c.json({ accepted, duplicates: interactions.length - accepted });
  });
}

/** ISO 3166, as Cloudflare finds it; it says T1 for Tor and XX for what it does not know. */
function countryOf(c: Context): string | undefined {
  const country = c.req.raw.cf?.country;
  return typeof country === 'string' && /^[A-Z]{2}$/.test(country) && country !== 'XX' ? country : undefined;
}

function notStored({ reason }: PromiseRejectedResult, { length }: readonly Interaction[]): EdgewiseError {
  console.error(JSON.stringify({ event: 'session_unwritable', error: String(reason) }));
  return new EdgewiseError(
    'session_unavailable',
    `Not all of the ${length} interactions could be stored. Send them again: those that were are not counted twice.`,
    { cause: reason },
  );
}
