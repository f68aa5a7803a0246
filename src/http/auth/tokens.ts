import { sign, verify } from 'hono/jwt';
import * as v from 'valibot';
import { EdgewiseError } from '../../domain/errors.ts';
import { LIMITS } from '../../domain/limits.ts';

const ALGORITHM = 'HS256';

/** Claims of a token (RFC 7519): whom it speaks for, in which tenant, until when in seconds since 1970. */
const Claims = v.object({ sub: v.string(), aud: v.string(), exp: v.number() });

export interface IssuedToken {
  readonly token: string;
  readonly expiresAt: string;
}

/** Signed proofs that whoever holds one is a certain user: JSON Web Tokens that only this service makes and reads. */
export class Tokens {
  private readonly secret: string;

  /** Throws if the secret is too short to be one. */
  constructor(secret: string) {
    if (secret.length < LIMITS.secretChars) throw new Error(`SIGNING_SECRET has at least ${LIMITS.secretChars} characters`);
    this.secret = secret;
  }

  async issue(user: string, tenant: string, nowMs: number, lifeMs: number): Promise<IssuedToken> {
    const exp = Math.floor((nowMs + lifeMs) / 1_000);
    const token = await sign({ sub: user, aud: tenant, exp }, this.secret, ALGORITHM);
    return { token, expiresAt: new Date(exp * 1_000).toISOString() };
  }

  /** The user that a token names. Throws `invalid_token` for one that is forged, expired or of another tenant. */
  async userOf(token: string, tenant: string, nowMs: number): Promise<string> {
    if (token.length > LIMITS.tokenChars) throw refused(`a token has at most ${LIMITS.tokenChars} characters`);
    const { sub, aud, exp } = await this.read(token);
    if (aud !== tenant) throw refused('it is of another tenant');
    if (exp * 1_000 <= nowMs) throw refused('it has expired: get a new one');
    return sub;
  }

  private async read(token: string): Promise<v.InferOutput<typeof Claims>> {
    try {
      const unbounded = { alg: ALGORITHM, exp: false, nbf: false, iat: false } as const; // times are held against the clock we were given
      return v.parse(Claims, await verify(token, this.secret, unbounded));
    } catch (cause) {
      throw refused('it was not made here, or it was changed', cause);
    }
  }
}

function refused(why: string, cause?: unknown): EdgewiseError {
  return new EdgewiseError('invalid_token', `The user token is refused: ${why}.`, cause === undefined ? {} : { cause });
}
