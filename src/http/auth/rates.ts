import type { Caller } from '../../domain/caller.ts';
import { EdgewiseError } from '../../domain/errors.ts';

/** Counts of requests; absent where the platform has no binding for them. Their limits are in `wrangler.toml`. */
export interface RateLimits {
  readonly byKey: RateLimit | undefined;
  readonly byIp: RateLimit | undefined;
}

/** Throws `rate_limited` where a key, or an address without a server key, asks too often. A server speaks for many users from one address. */
export async function enforceRates({ byKey, byIp }: RateLimits, { role, key }: Caller, headers: Headers): Promise<void> {
  const isServer = role === 'server' && key !== null;
  const ip = isServer || !byIp ? null : headers.get('CF-Connecting-IP');
  const [ofKey, ofIp] = await Promise.all([
    key === null ? undefined : byKey?.limit({ key }),
    ip === null ? undefined : byIp?.limit({ key: ip }),
  ]);
  if (ofKey?.success === false) throw limited('this key');
  if (ofIp?.success === false) throw limited('this address');
}

function limited(whom: string): EdgewiseError {
  return new EdgewiseError('rate_limited', `There were too many requests of ${whom}. Wait as long as Retry-After says.`);
}
