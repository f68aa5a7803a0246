/** Stable codes that clients may rely on; `http/errors.ts` gives each its status. */
export type ErrorCode =
  | 'invalid_json'
  | 'invalid_request'
  | 'invalid_filter'
  | 'unknown_scenario'
  | 'cursor_invalid'
  | 'cursor_stale'
  | 'unknown_interaction_type'
  | 'clock_skew'
  | 'body_too_large'
  | 'item_not_found'
  | 'item_changed'
  | 'item_contended'
  | 'refresh_running'
  | 'snapshot_not_found'
  | 'snapshot_damaged'
  | 'user_not_found'
  | 'explanation_not_found'
  | 'experiment_not_found'
  | 'route_not_found'
  | 'method_not_allowed'
  | 'snapshot_unavailable'
  | 'session_unavailable'
  | 'catalogue_unavailable'
  | 'key_required'
  | 'invalid_key'
  | 'invalid_token'
  | 'forbidden'
  | 'visitor_taken'
  | 'rate_limited'
  | 'keys_unavailable'
  | 'language_model_unavailable'
  | 'not_configured'
  | 'internal';

/** A fault with a code that a client can act on. `path` names the part of the request at fault, e.g. `history[2].at`. */
export class EdgewiseError extends Error {
  readonly code: ErrorCode;
  readonly path: string | undefined;

  constructor(code: ErrorCode, message: string, options: { path?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'EdgewiseError';
    this.code = code;
    this.path = options.path;
  }
}
