import type { Stopwatch } from '../recommend/stopwatch.ts';

/** An answer with what its stages took. The headers are given to the response as they are: Hono's would be made, and copied, first. */
export function timedJson(value: object, stopwatch: Stopwatch): Response {
  return new Response(JSON.stringify(value), { headers: { 'Content-Type': 'application/json', 'Server-Timing': stopwatch.header() } });
}
