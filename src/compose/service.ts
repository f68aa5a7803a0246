import { Held } from '../access/held.ts';
import { KEYRING_KEY } from '../access/keyring.ts';
import { KeyringStore } from '../access/keyring-store.ts';
import { feedsOf } from '../catalog/feeds/from-env.ts';
import { LIMITS } from '../domain/limits.ts';
import { DEFAULT_TENANT } from '../domain/tenant.ts';
import type { Access } from '../http/auth/authenticate.ts';
import { allowOrigins } from '../http/auth/origins.ts';
import { Tokens } from '../http/auth/tokens.ts';
import { createGate } from '../http/gate.ts';
import { parseWeights } from '../http/weights.ts';
import type { Env } from './env.ts';
import { composeTenant, type Shared } from './tenant.ts';

/** How often an isolate looks for a newer version, and for changed keys, if `SNAPSHOT_CHECK_MS` says nothing else. */
const CHECK_EVERY_MS = 30_000;
/** KV serves a copy of the keys for this long. */
const KEYRING_CACHE_SECONDS = 30;

export type Service = ReturnType<typeof composeService>;

/** What an isolate holds: the gate that all requests come through, and the tenants behind it. */
export function composeService(env: Env, context: ExecutionContext) {
  const checkEveryMs = Number(env.SNAPSHOT_CHECK_MS ?? CHECK_EVERY_MS);
  const access = parseAccess(env.ACCESS);
  const tokens = env.SIGNING_SECRET === undefined ? undefined : new Tokens(env.SIGNING_SECRET);
  const rates = { byKey: env.KEY_RATE, byIp: env.IP_RATE };
  const shared: Shared = {
    tokens,
    guard: { access, rateLimits: rates.byKey !== undefined && rates.byIp !== undefined },
    weights: parseWeights(env.INTERACTION_TYPES),
    nowMs: () => Date.now(),
    preciseNowMs: () => performance.now(),
    newId: () => crypto.randomUUID(),
  };
  const feeds = feedsOf(env);
  const tenants = new Held({
    make: (tenant) => composeTenant(tenant, env, shared, checkEveryMs, feeds),
    close: ({ store }) => store.close(),
    most: LIMITS.tenantsHeld,
  });
  // The first request waits for the catalogue: reading it begins before anything else does.
  context.waitUntil(tenants.of(DEFAULT_TENANT).store.refresh(Date.now()));
  const keyring = new KeyringStore({
    read: () => env.SNAPSHOTS.get(KEYRING_KEY, { type: 'arrayBuffer', cacheTtl: KEYRING_CACHE_SECONDS }),
    checkEveryMs,
    onStale: (reason) => console.warn(JSON.stringify({ event: 'keys_stale', reason: String(reason) })),
  });
  const origins = allowOrigins(env.CORS_ORIGINS);
  const gate = createGate({ access, keyring, tokens, rates, origins, appOf: (tenant) => tenants.of(tenant).app, nowMs: shared.nowMs });
  return { gate, tenants, feeds };
}

/** A service that nobody has opened is closed. */
function parseAccess(configured = 'keys'): Access {
  if (configured === 'open' || configured === 'keys') return configured;
  throw new Error(`ACCESS cannot be read: it is "open" or "keys", not "${configured}"`);
}
