import { LIMITS } from '../../domain/limits.ts';
import { addressFault } from './address.ts';
import { FeedFault } from './fault.ts';
import type { Feed } from './feed.ts';
import type { Watch } from './watch.ts';

/** What an origin says of a version of its document, to be asked later whether there is another (RFC 9110). */
export interface Validators {
  readonly etag?: string;
  readonly lastModified?: string;
}

export interface OpenedFeed {
  readonly body: ReadableStream<Uint8Array>;
  readonly contentType: string | null;
  readonly validators: Validators;
}

/** What a feed is asked with. */
interface Asking {
  readonly fetch: typeof fetch;
  readonly watch: Watch;
  /** Of what was read before; the answer is undefined if it is still so. */
  readonly validators?: Validators | undefined;
}

/** Asks for a page of a feed. Redirects are followed to public https addresses only, and without its header to those of others. Throws `FeedFault`. */
export async function openFeed({ header, url }: Pick<Feed, 'url' | 'header'>, asking: Asking): Promise<OpenedFeed | undefined> {
  const { fetch, watch, validators = {} } = asking;
  let at = new URL(url);
  const { origin } = at;
  for (let redirects = 0; redirects <= LIMITS.feedRedirects; redirects++) {
    const headers = {
      ...(validators.etag === undefined ? {} : { 'if-none-match': validators.etag }),
      ...(validators.lastModified === undefined ? {} : { 'if-modified-since': validators.lastModified }),
      ...(header && at.origin === origin ? { [header.name]: header.value } : {}),
    };
    const response = await ask(at, headers, { fetch, watch });
    const { status } = response;
    const location = response.headers.get('location');
    if (status === 200 && response.body)
      return { body: response.body, contentType: response.headers.get('content-type'), validators: validatorsOf(response.headers) };
    await response.body?.cancel();
    if (status === 304 && (validators.etag ?? validators.lastModified) !== undefined) return undefined;
    if (status < 300 || status > 399 || location === null) throw new FeedFault(`${at.host} answered with status ${status}`);
    at = redirected(location, at);
  }
  throw new FeedFault(`it was redirected more than ${LIMITS.feedRedirects} times`);
}

async function ask(url: URL, headers: Record<string, string>, { fetch, watch }: Pick<Asking, 'fetch' | 'watch'>): Promise<Response> {
  try {
    return await watch.next(fetch(url, { headers, redirect: 'manual', signal: watch.signal }));
  } catch (cause) {
    throw cause instanceof FeedFault ? cause : new FeedFault(`${url.host} cannot be reached: ${String(cause)}`, { cause });
  }
}

function redirected(location: string, from: URL): URL {
  if (!URL.canParse(location, from.href)) throw new FeedFault(`${from.host} redirects to nowhere`);
  const to = new URL(location, from);
  const fault = addressFault(to);
  if (fault !== undefined) throw new FeedFault(`${from.host} redirects to ${to.origin}: ${fault}`);
  return to;
}

function validatorsOf(headers: Headers): Validators {
  const [etag, lastModified] = [headers.get('etag'), headers.get('last-modified')];
  return { ...(etag === null ? {} : { etag }), ...(lastModified === null ? {} : { lastModified }) };
}
