import type { Role } from '../domain/caller.ts';
import { sha256 } from '../kernel/sha256.ts';

/** 256 random bits: nobody finds such a key by trying, so a plain hash of it can be stored. */
const SECRET_BYTES = 32;
const KEY = /^ew_(server|public)_[A-Za-z0-9_-]{43}$/;
/** Hexadecimal digits of the hash that a key is called by. */
const ID_DIGITS = 12;

/** The text of a key made from `SECRET_BYTES` random bytes: `ew_server_…` or `ew_public_…`. It is shown once and never stored. */
export function keyText(role: Role, randomBytes: Uint8Array): string {
  if (randomBytes.length !== SECRET_BYTES) throw new Error(`a key is made of ${SECRET_BYTES} bytes, not ${randomBytes.length}`);
  const base64 = btoa(String.fromCharCode(...randomBytes));
  return `ew_${role}_${base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}`;
}

/** The role that a text claims to be a key of; undefined if it is none. */
export function roleOf(text: string): Role | undefined {
  return KEY.exec(text)?.[1] as Role | undefined;
}

/** What is stored of a key. */
export function hashKey(text: string): Promise<string> {
  return sha256(new TextEncoder().encode(text));
}

/** What a key is called in lists and commands; it gives nothing away. */
export function keyId(hash: string): string {
  return hash.slice(0, ID_DIGITS);
}
