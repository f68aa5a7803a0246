import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { EdgewiseError, type ErrorCode } from '../domain/errors.ts';
import { LIMITS } from '../domain/limits.ts';

/** Characters of a message or a path at most: both may quote the request. */
const QUOTED_CHARS = 300;

/** The one place where a code gets its status. */
function statusOf(code: ErrorCode): ContentfulStatusCode {
  switch (code) {
    case 'invalid_json':
    case 'invalid_request':
    case 'invalid_filter':
    case 'unknown_scenario':
    case 'cursor_invalid':
    case 'unknown_interaction_type':
    case 'clock_skew':
      return 400;
    case 'key_required':
    case 'invalid_key':
    case 'invalid_token':
      return 401;
    case 'forbidden':
      return 403;
    case 'item_not_found':
    case 'user_not_found':
    case 'snapshot_not_found':
    case 'experiment_not_found':
    case 'explanation_not_found':
    case 'route_not_found':
      return 404;
    case 'method_not_allowed':
      return 405;
    case 'refresh_running':
    case 'snapshot_damaged':
    case 'visitor_taken':
      return 409;
    case 'cursor_stale':
      return 410;
    case 'item_changed':
      return 412;
    case 'body_too_large':
      return 413;
    case 'rate_limited':
      return 429;
    case 'internal':
      return 500;
    case 'not_configured':
      return 501;
    case 'item_contended':
    case 'snapshot_unavailable':
    case 'session_unavailable':
    case 'catalogue_unavailable':
    case 'keys_unavailable':
    case 'language_model_unavailable':
      return 503;
  }
}

/** What a client is told of a fault. */
interface ToldFault {
  readonly code: ErrorCode;
  readonly message: string;
  readonly path?: string;
  readonly requestId: string;
}

/** Answers with a fault. */
export function respondWithError(fault: unknown, c: Context): Response {
  const error = tellFault(fault, c);
  const status = statusOf(error.code);
  if (status === 503) c.header('Retry-After', '2');
  if (status === 429) c.header('Retry-After', String(LIMITS.rateWindowMs / 1_000));
  if (status === 401) c.header('WWW-Authenticate', 'Bearer');
  return c.json({ error }, status);
}

/** What may be told of a fault. What is not an `EdgewiseError` is a fault of ours: it is logged and its text kept from the client. */
export function tellFault(fault: unknown, c: Context): ToldFault {
  const requestId = idOf(c);
  const known =
    fault instanceof EdgewiseError
      ? fault
      : new EdgewiseError('internal', 'Something went wrong here. Try again; if it stays, report the requestId.', { cause: fault });
  if (known.code === 'internal')
    console.error(JSON.stringify({ requestId, method: c.req.method, path: c.req.path, error: describe(fault) }));
  const { code, message, path } = known;
  return { code, message: shorten(message), ...(path === undefined ? {} : { path: shorten(path) }), requestId };
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
