import { appendFile, readFile } from 'node:fs/promises';
import { parseEnv } from 'node:util';
import { hashKey, keyText } from '../access/key.ts';
import type { Role } from '../domain/caller.ts';
import { DEFAULT_TENANT } from '../domain/tenant.ts';
import { readKeyring, writeKeyring } from './keyring.ts';
import type { KvTarget } from './kv.ts';

export interface DevKeys {
  readonly server: string;
  readonly public: string;
}

const randomBytes = () => crypto.getRandomValues(new Uint8Array(32));
const MADE: Readonly<Record<string, () => string>> = {
  SIGNING_SECRET: () => Buffer.from(randomBytes()).toString('base64url'),
  DEV_SERVER_KEY: () => keyText('server', randomBytes()),
  DEV_PUBLIC_KEY: () => keyText('public', randomBytes()),
};

/**
 * The secrets of this machine, out of the file that `wrangler dev` reads them from and git does not see; those that are not there yet are made.
 * What else the file holds stays.
 */
export async function readDevVars(path: string): Promise<Readonly<Record<string, string>>> {
  const text = await readFile(path, 'utf8').catch((fault: NodeJS.ErrnoException) => {
    if (fault.code === 'ENOENT') return '';
    throw fault;
  });
  const vars = parseEnv(text) as Record<string, string>;
  const missing = Object.keys(MADE).filter((name) => !vars[name]);
  if (missing.length === 0) return vars;
  const made = Object.fromEntries(missing.map((name) => [name, MADE[name]!()]));
  const lines = Object.entries(made).map(([name, value]) => `${name}=${value}\n`);
  const newline = text === '' || text.endsWith('\n') ? '' : '\n';
  await appendFile(path, `${newline}# Made by \`npm run dev\`, for this machine only.\n${lines.join('')}`, { mode: 0o600 });
  return { ...vars, ...made };
}

/** The keys of this machine, which its local store knows from now on. */
export async function installDevKeys(path: string, target: KvTarget): Promise<DevKeys> {
  const vars = await readDevVars(path);
  const made: DevKeys = { server: vars['DEV_SERVER_KEY']!, public: vars['DEV_PUBLIC_KEY']! };
  const known = await readKeyring(target);
  const stored = await Promise.all((['server', 'public'] as const).map((role) => storedKey(role, made[role])));
  const unknown = stored.filter(({ sha256 }) => !known.some((key) => key.sha256 === sha256));
  if (unknown.length > 0) await writeKeyring([...known, ...unknown], target);
  return made;
}

async function storedKey(role: Role, text: string) {
  return { name: 'dev', role, tenant: DEFAULT_TENANT, sha256: await hashKey(text), createdAtMs: Date.now(), expiresAtMs: null };
}
