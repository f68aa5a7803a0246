/** The service behind its gate, with keys of two tenants. */
import { env } from 'cloudflare:workers';
import { beforeEach, expect } from 'vitest';
import { hashKey, keyText } from '../../src/access/key.ts';
import { encodeKeyring, KEYRING_KEY, type StoredKey } from '../../src/access/keyring.ts';
import { KeyringStore } from '../../src/access/keyring-store.ts';
import type { Role } from '../../src/domain/caller.ts';
import type { ErrorCode } from '../../src/domain/errors.ts';
import { LIMITS } from '../../src/domain/limits.ts';
import type { Access } from '../../src/http/auth/authenticate.ts';
import { allowOrigins } from '../../src/http/auth/origins.ts';
import type { RateLimits } from '../../src/http/auth/rates.ts';
import { Tokens } from '../../src/http/auth/tokens.ts';
import { createGate } from '../../src/http/gate.ts';
import { CHECK_EVERY_MS, kvStorage, START_MS, startService, type ErrorBody } from './service.ts';

export const SECRET = 'a secret that is just about long enough';
export const makeKey = (role: Role) => keyText(role, crypto.getRandomValues(new Uint8Array(32)));
export const stored = async (text: string, fields: Partial<StoredKey> = {}): Promise<StoredKey> => ({
  name: 'test',
  role: text.startsWith('ew_server') ? 'server' : 'public',
  tenant: 'default',
  sha256: await hashKey(text),
  createdAtMs: 0,
  expiresAtMs: null,
  ...fields,
});
export const putKeys = async (...keys: StoredKey[]) => env.SNAPSHOTS.put(KEYRING_KEY, encodeKeyring(keys));

export const KEYS = { server: makeKey('server'), public: makeKey('public'), acmeServer: makeKey('server'), acmePublic: makeKey('public') };
beforeEach(async () => {
  const acme = { tenant: 'acme' };
  await putKeys(
    await stored(KEYS.server),
    await stored(KEYS.public),
    await stored(KEYS.acmeServer, acme),
    await stored(KEYS.acmePublic, acme),
  );
});

interface GateOptions {
  readonly access?: Access;
  readonly rates?: Partial<RateLimits>;
  readonly origins?: string;
  readonly secret?: string | undefined;
  /** Whether there is a language model that calls tools. */
  readonly talking?: boolean;
  readonly read?: () => Promise<ArrayBuffer | null>;
}

/** The service behind its gate, as `worker.ts` composes it; every tenant has the same catalogue. */
export function startGate({ access = 'keys', rates = {}, origins, read, talking = false, ...options }: GateOptions = {}) {
  const reads = { count: 0 };
  const keyring = new KeyringStore({
    read: () => {
      reads.count++;
      return read ? read() : env.SNAPSHOTS.get(KEYRING_KEY, 'arrayBuffer');
    },
    checkEveryMs: CHECK_EVERY_MS,
    onStale: (reason) => console.warn(String(reason)),
  });
  const secret = 'secret' in options ? options.secret : SECRET;
  const tokens = secret === undefined ? undefined : new Tokens(secret);
  const clock = { nowMs: START_MS };
  const serviceOf = (tenant: string) =>
    startService({
      tokens: tokens ?? null,
      newId: () => crypto.randomUUID(),
      guard: { access, rateLimits: rates.byKey !== undefined },
      tenant,
      storage: kvStorage,
      talking,
    });
  const services = new Map<string, ReturnType<typeof serviceOf>>();
  const appOf = (tenant: string) => {
    const service = services.get(tenant) ?? serviceOf(tenant);
    services.set(tenant, service);
    service.clock.nowMs = clock.nowMs;
    return service.app;
  };
  const gate = createGate({
    access,
    keyring,
    tokens,
    rates: { byKey: undefined, byIp: undefined, ...rates },
    origins: allowOrigins(origins),
    appOf,
    nowMs: () => clock.nowMs,
  });
  const left: Promise<unknown>[] = [];
  const context = { waitUntil: (promise: Promise<unknown>) => void left.push(promise), passThroughOnException: () => undefined, props: {} };
  async function call(
    path: string,
    key?: string,
    { headers, ...init }: { method?: string; body?: string; headers?: Record<string, string> } = {},
  ) {
    const authorization: Record<string, string> = key === undefined ? {} : { Authorization: `Bearer ${key}` };
    const request = new Request(`https://shop.test${path}`, { ...init, headers: { ...authorization, ...headers } });
    const response = await gate.fetch(request, env, context);
    while (left.length > 0) await left.shift();
    return response;
  }
  const json = (body: unknown, headers: Record<string, string> = {}) => ({ method: 'POST', body: JSON.stringify(body), headers });
  return {
    call,
    clock,
    reads,
    tokens,
    post: (path: string, key: string | undefined, body: unknown, token?: string) =>
      call(path, key, json(body, token === undefined ? {} : { 'Edgewise-Token': token })),
    tokenOf: async (user: string, tenant = 'default', lifeMs: number = LIMITS.userTokenMs) =>
      (await tokens!.issue(user, tenant, clock.nowMs, lifeMs)).token,
  };
}

export async function expectFault(response: Response, status: number, code: ErrorCode, path?: string) {
  const { error } = await response.json<ErrorBody>();
  expect([response.status, error.code, error.path]).toEqual([status, code, path]);
}
