import { Hono, type ExecutionContext, type MiddlewareHandler } from 'hono';
import { HonoRequest } from 'hono/request';
import { getPath } from 'hono/utils/url';
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

/** As a Worker is asked. */
type Fetch = (request: Request, env: unknown, context: ExecutionContext) => Response | Promise<Response>;

/** What every request passes before its route: who is it, may it, how often; then it belongs to a tenant. */
export function createGate({ keyring, rates, origins, appOf, nowMs, ...options }: GateOptions): { readonly fetch: Fetch } {
  const pass: Fetch = async (request, _, context) => {
    try {
      if (keyring.isDue(nowMs())) context.waitUntil(keyring.refresh(nowMs()));
      const caller = await authenticate(new HonoRequest(request, getPath(request)), { ...options, keyring }, nowMs());
      await enforceRates(rates, caller, request.headers);
      return appOf(caller.tenant).fetch(request, { caller }, context);
    } catch (fault) {
      return REFUSALS.fetch(request, { fault }, context);
    }
  };
  if (!origins) return { fetch: pass }; // what Hono adds to a request here would be paid twice: the routes have an app of their own
  return new Hono().use(origins).all('*', (c) => pass(c.req.raw, c.env, c.executionCtx));
}

/** Tells of a fault as the routes do. */
const REFUSALS = new Hono<{ Bindings: { readonly fault: unknown } }>().onError(respondWithError).all('*', (c) => {
  throw c.env.fault;
});
