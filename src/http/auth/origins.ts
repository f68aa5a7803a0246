import type { MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';
import { TOKEN_HEADER } from './authenticate.ts';

/** How long a browser may remember what it may send. */
const PREFLIGHT_SECONDS = 24 * 60 * 60;

/**
 * Lets pages of other origins call the service. `configured` is `*` or origins such as `https://shop.example`, between blanks; undefined if absent:
 * then only pages of its own origin can. Throws on what is no origin.
 */
export function allowOrigins(configured = ''): MiddlewareHandler | undefined {
  const origins = configured.split(/\s+/).filter((origin) => origin !== '');
  if (origins.length === 0) return undefined;
  for (const origin of origins)
    if (origin !== '*' && !isOrigin(origin))
      throw new Error(`CORS_ORIGINS cannot be read: "${origin}" is no origin, as https://shop.example is one`);
  return cors({
    origin: origins.includes('*') ? '*' : origins,
    allowMethods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowHeaders: ['Authorization', 'Content-Type', TOKEN_HEADER],
    exposeHeaders: ['Retry-After', 'Server-Timing'],
    maxAge: PREFLIGHT_SECONDS,
  });
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text && !text.includes('*');
}
