import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { EdgewiseError, type ErrorCode } from '../domain/errors.ts';

/** Characters of a message or a path at most: both may quote the request. */
const QUOTED_CHARS = 300;

/** The one place where a code gets its status. */
function statusOf(code: ErrorCode): ContentfulStatusCode {
  switch (code) {
    case 'invalid_json':
    case 'invalid_request':
    case 'invalid_filter':
    case 'unknown_interaction_type':
    case 'clock_skew':
      return 400;
    case 'item_not_found':
    case 'user_not_found':
    case 'snapshot_not_found':
    case 'route_not_found':
      return 404;
    case 'method_not_allowed':
      return 405;
    case 'refresh_running':
    case 'snapshot_damaged':
      return 409;
    case 'item_changed':
      return 412;
    case 'body_too_large':
      return 413;
    case 'internal':
      return 500;
    case 'snapshot_unavailable':
    case 'session_unavailable':
    case 'catalogue_unavailable':
      return 503;
  }
}

/** Answers with a fault. What is not an `EdgewiseError` is a fault of ours: it is logged and its text kept from the client. */
export function respondWithError(fault: unknown, c: Context): Response {
  const requestId = idOf(c);
  const known =
    fault instanceof EdgewiseError
      ? fault
      : new EdgewiseError('internal', 'Something went wrong here. Try again; if it stays, report the requestId.', { cause: fault });
  if (known.code === 'internal')
    console.error(JSON.stringify({ requestId, method: c.req.method, path: c.req.path, error: describe(fault) }));
  const { code, message, path } = known;
  if (statusOf(code) === 503) c.header('Retry-After', '2');
  const error = { code, message: shorten(message), ...(path === undefined ? {} : { path: shorten(path) }), requestId };
  return c.json({ error }, statusOf(code));
}

/** Cloudflare's id of the request; one of our own where there is none, or one that Cloudflare did not make. */
function idOf(c: Context): string {
  const ray = c.req.header('cf-ray');
  return ray !== undefined && /^[\w-]{1,64}$/.test(ray) ? ray : crypto.randomUUID();
}

function shorten(text: string): string {
  return text.length > QUOTED_CHARS ? `${text.slice(0, QUOTED_CHARS)}…` : text;
}

function describe(fault: unknown): string {
  return fault instanceof Error ? (fault.stack ?? fault.message) : String(fault);
}
