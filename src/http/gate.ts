import { Hono, type MiddlewareHandler } from 'hono';
import { authenticate, type AuthenticateOptions } from './auth/authenticate.ts';
import type { CallerEnv } from './auth/caller.ts';
import { enforceRates, type RateLimits } from './auth/rates.ts';
import { respondWithError } from './errors.ts';
import type { KeyringStore } from '../access/keyring-store.ts';

export interface GateOptions extends AuthenticateOptions {
  readonly keyring: KeyringStore;
  readonly rates: RateLimits;
  /** Answers pages of other origins; undefined where there are none to answer. */
  readonly origins: MiddlewareHandler | undefined;
  /** The routes, over what belongs to a tenant. */
  readonly appOf: (tenant: string) => Hono<CallerEnv>;
  readonly nowMs: () => number;
}

/** What every request passes before its route: who is it, may it, how often; then it belongs to a tenant. */
export function createGate(options: GateOptions): Hono {
  const { keyring, rates, origins, appOf, nowMs } = options;
  const gate = new Hono();
  gate.onError(respondWithError);
  if (origins) gate.use(origins);
  gate.all('*', async (c) => {
    c.executionCtx.waitUntil(keyring.refresh(nowMs()));
    const caller = await authenticate(c.req, options, nowMs());
    await enforceRates(rates, caller, c.req.header('CF-Connecting-IP'));
    return appOf(caller.tenant).fetch(c.req.raw, { caller }, c.executionCtx);
  });
  return gate;
}
