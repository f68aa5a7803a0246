import type { Context } from 'hono';
import type { Caller } from '../../domain/caller.ts';
import { EdgewiseError } from '../../domain/errors.ts';
import type { Tokens } from './tokens.ts';

/** What the gate gives to the routes behind it. */
export interface CallerEnv {
  Bindings: { readonly caller: Caller };
}

/** Who makes this request. Throws where no gate has said so: such a route would be open to anybody. */
export function callerOf(c: Context): Caller {
  const { caller } = c.env as Partial<CallerEnv['Bindings']>;
  if (!caller) throw new Error('this route stands before the gate');
  return caller;
}

/** The caller with the user that a token names. Throws `invalid_token`, or `not_configured` where tokens cannot be read. */
export async function speakFor(caller: Caller, token: string, tokens: Tokens | undefined, nowMs: number): Promise<Caller> {
  return { ...caller, user: await signing(tokens).userOf(token, caller.tenant, nowMs) };
}

/** Throws `forbidden` unless the caller may act for this user: a server key for all, a public one for the user of its token. */
export function requireUser({ role, user: own }: Caller, user: string, path: string): void {
  if (role === 'server' || own === user) return;
  throw new EdgewiseError(
    'forbidden',
    'A public key speaks for the user of its token only: get one at POST /v1/visitors, or from your server by POST /v1/users/{id}/token, and send it as Edgewise-Token.',
    { path },
  );
}

/** Throws `not_configured` where there is nothing to sign with. */
export function signing(tokens: Tokens | undefined): Tokens {
  if (tokens) return tokens;
  throw new EdgewiseError('not_configured', 'There is no secret to sign tokens with: `npx wrangler secret put SIGNING_SECRET` sets one.');
}
