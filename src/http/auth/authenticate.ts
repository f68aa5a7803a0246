import type { HonoRequest } from 'hono';
import { roleOf } from '../../access/key.ts';
import type { NamedKey } from '../../access/keyring.ts';
import type { KeyringStore } from '../../access/keyring-store.ts';
import type { Caller } from '../../domain/caller.ts';
import { commandLine } from '../../domain/command.ts';
import { EdgewiseError } from '../../domain/errors.ts';
import { DEFAULT_TENANT } from '../../domain/tenant.ts';
import { isPublicRoute, needsNoKey } from './permissions.ts';
import { speakFor } from './caller.ts';
import type { Tokens } from './tokens.ts';

/** `open`: a request without a key may do everything. `keys`: it may do nothing. */
export type Access = 'open' | 'keys';

/** The header that a user token comes in. */
export const TOKEN_HEADER = 'Edgewise-Token';

export interface AuthenticateOptions {
  readonly access: Access;
  readonly keyring: Pick<KeyringStore, 'find'>;
  /** Undefined where no secret to sign with is configured. */
  readonly tokens: Tokens | undefined;
}

/**
 * Who makes a request. Throws `key_required`, `invalid_key`, `invalid_token`, `keys_unavailable`, or `forbidden` where the key does not permit
 * the route. A wrong key is refused even where none is needed.
 */
export async function authenticate(request: HonoRequest, { access, keyring, tokens }: AuthenticateOptions, nowMs: number): Promise<Caller> {
  const text = shownKey(request);
  const caller = text === undefined ? withoutKey(request.path, access) : ofKey(await findKey(text, keyring, nowMs));
  if (caller.role === 'public' && !isPublicRoute(request.method, request.path))
    throw new EdgewiseError('forbidden', `A public key may not call ${request.method} ${request.path}; a server key may.`);
  const token = request.header(TOKEN_HEADER);
  return token === undefined ? caller : speakFor(caller, token, tokens, nowMs);
}

/** The key of a request: of the header, or a public one of the address, because a beacon has no headers. */
function shownKey(request: HonoRequest): string | undefined {
  const header = request.header('Authorization');
  if (header !== undefined) {
    const [, text] = /^Bearer +(\S+)$/i.exec(header) ?? [];
    if (text === undefined) throw new EdgewiseError('invalid_key', 'A key comes as "Authorization: Bearer ew_…".');
    return text;
  }
  const text = request.query('key');
  if (text !== undefined && roleOf(text) === 'server')
    throw new EdgewiseError('invalid_key', 'A server key in an address ends up in logs: send it as "Authorization: Bearer ew_server_…".');
  return text;
}

function withoutKey(path: string, access: Access): Caller {
  if (access === 'open') return { role: 'server', tenant: DEFAULT_TENANT, key: null };
  if (needsNoKey(path)) return { role: 'public', tenant: DEFAULT_TENANT, key: null };
  throw new EdgewiseError(
    'key_required',
    `Send a key as "Authorization: Bearer ew_…". \`${commandLine('keys create')}\` makes one; \`npm run dev\` prints two.`,
  );
}

async function findKey(text: string, keyring: Pick<KeyringStore, 'find'>, nowMs: number): Promise<NamedKey> {
  if (roleOf(text) === undefined) throw wrongKey();
  const key = await keyring.find(text, nowMs).catch((cause: unknown) => {
    console.error(JSON.stringify({ event: 'keys_unreadable', error: String(cause) }));
    throw new EdgewiseError('keys_unavailable', 'Keys cannot be checked. Try again.', { cause });
  });
  if (!key) throw wrongKey();
  return key;
}

const ofKey = ({ id, role, tenant }: NamedKey): Caller => ({ role, tenant, key: id });

function wrongKey(): EdgewiseError {
  return new EdgewiseError('invalid_key', 'This key is unknown, revoked or expired. A new one is known everywhere after about a minute.');
}
