import { LIMITS } from '../domain/limits.ts';
import type { Endpoint } from './endpoint.ts';
import { EndpointFault, parseRetryAfter } from './fault.ts';
import { Watch, type Deadlines } from './watch.ts';

/** What a call needs of its surroundings. */
export interface CallOptions {
  readonly fetch: typeof fetch;
  readonly nowMs: () => number;
  readonly deadlines: Deadlines;
  /** Ends the call when nobody wants it any more. */
  readonly signal?: AbortSignal;
}

/**
 * Posts JSON to a path of an endpoint and gives the body of its answer in pieces of text, for as long as the deadlines allow.
 * `heard` is to be called with every sign of progress. Whatever goes wrong is thrown as an `EndpointFault`.
 */
export async function* post(
  endpoint: Endpoint,
  path: string,
  body: object,
  { fetch, nowMs, deadlines, signal }: CallOptions,
): AsyncGenerator<{ readonly text: string; readonly heard: () => void }, void> {
  const watch = new Watch(deadlines);
  const heard = () => watch.heard();
  let answered = false;
  try {
    const response = await fetch(endpoint.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(endpoint.key === undefined ? {} : { authorization: `Bearer ${endpoint.key}` }) },
      body: JSON.stringify(body),
      signal: signal ? AbortSignal.any([watch.signal, signal]) : watch.signal,
      redirect: 'manual', // a key must not follow to wherever it is sent
    });
    answered = true;
    if (response.status !== 200 || !response.body) throw await statusFault(response, nowMs());
    let bytes = 0;
    const decoder = new TextDecoder();
    for await (const chunk of response.body) {
      bytes += chunk.byteLength;
      if (bytes > LIMITS.llmAnswerBytes) throw new EndpointFault('too-long', `the answer is longer than ${LIMITS.llmAnswerBytes} bytes`);
      yield { text: decoder.decode(chunk, { stream: true }), heard };
    }
  } catch (fault) {
    if (fault instanceof EndpointFault) throw fault;
    if (watch.signal.reason instanceof EndpointFault) throw watch.signal.reason;
    throw new EndpointFault(answered ? 'interrupted' : 'unreachable', String(fault), { cause: fault });
  } finally {
    watch.stop();
  }
}

async function statusFault(response: Response, nowMs: number): Promise<EndpointFault> {
  await response.body?.cancel();
  const retryAfterMs = parseRetryAfter(response.headers.get('retry-after'), nowMs);
  return new EndpointFault('status', `status ${response.status}`, { status: response.status, retryAfterMs });
}
