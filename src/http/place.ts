import type { Context } from 'hono';
import type { Place } from '../domain/language-model.ts';

/** Where a request comes from, by what Cloudflare says of it; nothing where it says nothing. */
export function placeOf(c: Context): Place {
  const { continent, country, colo } = (c.req.raw.cf ?? {}) as Record<string, unknown>;
  return {
    ...(typeof continent === 'string' ? { continent } : {}),
    ...(typeof country === 'string' ? { country } : {}),
    ...(typeof colo === 'string' ? { colo } : {}),
  };
}
