import type { Context } from 'hono';
import type { Expected } from '../catalog/items/edit-item.ts';

export const etagOf = (hash: string): string => `"${hash}"`;

/** The hashes that `If-Match` names (RFC 9110); undefined without one, or for `*`, which any item matches. */
export function ifMatch(c: Context): Expected {
  return hashesIn(c.req.header('If-Match'));
}

/** Whether the client has this content already. */
export function noneMatches(c: Context, hash: string): boolean {
  const header = c.req.header('If-None-Match');
  return header === undefined || !(hashesIn(header)?.has(hash) ?? true);
}

/** A weak tag counts as its strong one: Cloudflare weakens the tags of what it compresses. */
function hashesIn(header: string | undefined): Expected {
  if (header === undefined || header.trim() === '*') return undefined;
  return new Set(Array.from(header.matchAll(/(?:W\/)?"([^"]*)"/g), ([, hash]) => hash!));
}
