import * as v from 'valibot';
import { LIMITS } from '../domain/limits.ts';
import { isTenant } from '../domain/tenant.ts';
import { hashKey, keyId, keyText } from './key.ts';

/** Where the keyring stands in KV. */
export const KEYRING_KEY = 'access/keys';

/** The layout that this build writes and reads. */
const FORMAT = 1;

const StoredKey = v.object({
  /** What it is for, in the words of whoever made it. */
  name: v.string(),
  role: v.picklist(['server', 'public']),
  tenant: v.pipe(v.string(), v.check(isTenant)),
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  createdAtMs: v.number(),
  /** From then on it opens nothing; null is never. */
  expiresAtMs: v.nullable(v.number()),
});

const Keyring = v.object({ format: v.literal(FORMAT), keys: v.array(StoredKey) });

/** What is known of a key: everything but its text. */
export type StoredKey = Readonly<v.InferOutput<typeof StoredKey>>;

/** A key with what it is called by. */
export type NamedKey = StoredKey & { readonly id: string };

/** The keys of all tenants. One value holds them all, so that an isolate that has it knows every wrong key without asking. */
export type Keyring = readonly StoredKey[];

/** Throws on anything but what `encodeKeyring` wrote. */
export function decodeKeyring(bytes: Uint8Array): Keyring {
  return v.parse(Keyring, JSON.parse(new TextDecoder().decode(bytes))).keys;
}

/** Throws where there are more keys than an isolate should have to hold. */
export function encodeKeyring(keys: Keyring): Uint8Array {
  if (keys.length > LIMITS.keys) throw new Error(`there can be ${LIMITS.keys} keys: revoke some`);
  return new TextEncoder().encode(JSON.stringify({ format: FORMAT, keys }));
}

/** The keys by what they are called. */
export function indexKeys(keys: Keyring): ReadonlyMap<string, NamedKey> {
  return new Map(keys.map((key) => [keyId(key.sha256), { ...key, id: keyId(key.sha256) }]));
}

/** The key with this hash, if it is in the ring and has not expired. The hashes are compared in a time that does not depend on them. */
export function findKey(keys: ReadonlyMap<string, NamedKey>, hash: string, nowMs: number): NamedKey | undefined {
  const key = keys.get(keyId(hash));
  if (!key || !isSame(key.sha256, hash)) return undefined;
  return key.expiresAtMs === null || nowMs < key.expiresAtMs ? key : undefined;
}

/** A new key from random bytes: its text, to be shown once, and what is stored of it. */
export async function makeKey(
  { role, tenant, name }: Pick<StoredKey, 'role' | 'tenant' | 'name'>,
  randomBytes: Uint8Array,
  nowMs: number,
): Promise<{ text: string; stored: StoredKey }> {
  const text = keyText(role, randomBytes);
  return { text, stored: { name, role, tenant, sha256: await hashKey(text), createdAtMs: nowMs, expiresAtMs: null } };
}

export function findById(keys: Keyring, id: string): StoredKey | undefined {
  return keys.find(({ sha256 }) => keyId(sha256) === id);
}

export function withoutKey(keys: Keyring, id: string): Keyring {
  return keys.filter(({ sha256 }) => keyId(sha256) !== id);
}

/** The keys, of which one holds no longer than until then. */
export function expireKey(keys: Keyring, id: string, atMs: number): Keyring {
  return keys.map((key) => (keyId(key.sha256) === id ? { ...key, expiresAtMs: Math.min(atMs, key.expiresAtMs ?? Infinity) } : key));
}

/** Looks at every character, whatever the first ones are. */
function isSame(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let at = 0; at < a.length; at++) difference |= a.charCodeAt(at) ^ b.charCodeAt(at);
  return difference === 0;
}
