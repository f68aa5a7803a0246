// @ts-check
import { parseServerTiming } from './timing.js';

/** @typedef {import('../src/domain/recommendation.ts').Recommendation} Recommendation */
/** @typedef {import('../src/domain/recommendation.ts').RecommendedItem} RecommendedItem */
/** @typedef {import('../src/domain/recommendation.ts').Reason} Reason */
/** @typedef {Omit<import('../src/domain/item.ts').Item, 'createdAtMs'>} Product */
/** @typedef {{ readonly items: readonly Product[], readonly total: number }} Products */
/** @typedef {{ readonly history: readonly string[], readonly limit: number }} RecommendationRequest */
/** @typedef {import('./timing.js').Stage} Stage */
/** @typedef {{ readonly answer: Recommendation, readonly stages: readonly Stage[], readonly roundTripMs: number }} TimedRecommendation */

const PATIENCE_MS = 10_000;

/** The API said no, or could not be heard. `code` is the API's own, or `network`. */
export class ApiFailure extends Error {
  /**
   * @param {string} code
   * @param {string} message
   * @param {{ requestId?: string | undefined, transient: boolean, cause?: unknown }} options `transient`: the same request may work later
   */
  constructor(code, message, options) {
    super(message, { cause: options.cause });
    this.name = 'ApiFailure';
    this.code = code;
    this.requestId = options.requestId;
    this.transient = options.transient;
  }
}

/**
 * Products whose title matches, best first; popular ones first for an empty query.
 *
 * @param {string} query
 * @param {number} limit
 * @param {AbortSignal} signal
 * @returns {Promise<Products>}
 */
export async function searchProducts(query, limit, signal) {
  const parameters = new URLSearchParams({ q: query, limit: String(limit) });
  const { body } = await call(`/v1/items?${parameters}`, { signal });
  return body;
}

/**
 * @param {RecommendationRequest} request
 * @param {AbortSignal} signal
 * @returns {Promise<TimedRecommendation>}
 */
export async function recommend(request, signal) {
  const startedMs = performance.now();
  const { response, body } = await call('/v1/recommendations', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
    signal,
  });
  const roundTripMs = performance.now() - startedMs;
  return { answer: body, stages: parseServerTiming(response.headers.get('server-timing') ?? ''), roundTripMs };
}

/**
 * The request that `recommend` makes, for a shell.
 *
 * @param {string} origin
 * @param {RecommendationRequest} request
 */
export function curlCommand(origin, request) {
  const body = JSON.stringify(request).replaceAll("'", "'\\''");
  return `curl -X POST ${origin}/v1/recommendations \\\n  -H 'content-type: application/json' \\\n  -d '${body}'`;
}

/**
 * @param {string} path
 * @param {RequestInit & { signal: AbortSignal }} options
 * @returns {Promise<{ response: Response, body: any }>} a body that holds `items`
 */
async function call(path, options) {
  /** @type {Response} */
  let response;
  /** @type {any} */
  let body;
  try {
    response = await fetch(path, { ...options, signal: AbortSignal.any([options.signal, AbortSignal.timeout(PATIENCE_MS)]) });
    body = await response.json();
  } catch (cause) {
    throw new ApiFailure('network', 'The API cannot be reached.', { transient: true, cause });
  }
  if (!response.ok) {
    const { code = `http_${response.status}`, message = response.statusText, requestId } = body?.error ?? {};
    throw new ApiFailure(code, message, { requestId, transient: response.status >= 500 || response.status === 429 });
  }
  if (!Array.isArray(body?.items)) throw new ApiFailure('network', 'Something other than the API answered.', { transient: true });
  return { response, body };
}
