/** Workers KV through wrangler: the local store of `wrangler dev`, or the account's. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify, stripVTControlCharacters } from 'node:util';
import type { StorageEntry } from '../catalog/storage.ts';
import { DEFAULT_TENANT, prefixOf } from '../domain/tenant.ts';

const BINDING = 'SNAPSHOTS';
/** Of one upload, in bytes before base64; wrangler reads a whole upload into memory. */
const UPLOAD_BYTES = 40 * 1024 * 1024;

export interface KvTarget {
  /** The store on this machine rather than the account's. */
  readonly local: boolean;
  /** Where the local store is kept; wrangler's own place if absent. */
  readonly persistTo?: string;
  /** Whose part of the store; the default tenant's if absent. Keys are the tenant's own, without what they begin with in the store. */
  readonly tenant?: string;
}

const prefixIn = ({ tenant = DEFAULT_TENANT }: KvTarget) => prefixOf(tenant);

/** Without telemetry, banner or calls to the network that a local store does not need. */
export const QUIET_WRANGLER = {
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_HIDE_BANNER: 'true',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
} as const;

export const WRANGLER = fileURLToPath(new URL('../../node_modules/wrangler/bin/wrangler.js', import.meta.url));

/** Writes values; each is whole or absent, and they appear in no particular order. Rejects with what wrangler said. */
export async function putAll(entries: readonly StorageEntry[], target: KvTarget): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'edgewise-'));
  try {
    for (const batch of batches(entries)) {
      const file = join(folder, 'entries.json');
      const values = batch.map(({ key, value }) => ({
        key: prefixIn(target) + key,
        value: Buffer.from(value).toString('base64'),
        base64: true,
      }));
      await writeFile(file, JSON.stringify(values));
      await wrangler(['bulk', 'put', file], target);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Deletes values; keys that are not there do not matter. */
export async function deleteAll(keys: readonly string[], target: KvTarget): Promise<void> {
  if (keys.length === 0) return;
  const folder = await mkdtemp(join(tmpdir(), 'edgewise-'));
  try {
    const file = join(folder, 'keys.json');
    await writeFile(file, JSON.stringify(keys.map((key) => prefixIn(target) + key)));
    await wrangler(['bulk', 'delete', file, '--force'], target);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The keys that begin with `prefix`. */
export async function list(prefix: string, target: KvTarget): Promise<string[]> {
  const keys = JSON.parse((await wrangler(['key', 'list', '--prefix', prefixIn(target) + prefix], target)).toString()) as {
    name: string;
  }[];
  return keys.map(({ name }) => name.slice(prefixIn(target).length));
}

/** The value under `key`, or undefined. */
export async function get(key: string, target: KvTarget): Promise<Uint8Array | undefined> {
  const value = await wrangler(['key', 'get', prefixIn(target) + key], target).catch((fault: Error) => {
    if (fault.message.includes(' - 404: ')) return undefined; // an account's way to say it; an id in an address may have a 404 too
    throw fault;
  });
  return value && !value.toString().startsWith('Value not found') ? new Uint8Array(value) : undefined;
}

async function wrangler(command: readonly string[], { local, persistTo }: KvTarget): Promise<Buffer> {
  const place = local ? ['--local', ...(persistTo ? ['--persist-to', persistTo] : [])] : ['--remote'];
  const env = { ...process.env, ...QUIET_WRANGLER };
  const name = command.slice(0, 2).join(' ');
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [WRANGLER, 'kv', ...command, '--binding', BINDING, ...place], {
      env,
      encoding: 'buffer',
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout;
  } catch (cause) {
    const { stderr, stdout } = cause as { stderr?: Buffer; stdout?: Buffer };
    const said = stripVTControlCharacters(`${stderr?.toString() ?? ''}${stdout?.toString() ?? ''}`).trim() || String(cause);
    throw new Error(local ? `wrangler kv ${name} failed: ${said}` : ofTheAccount(name, said), { cause });
  }
}

/** How wrangler says, in one way or another, that it does not know whose account it is to work on; what it advises then is meant for its own commands. */
const NOT_LOGGED_IN = /not logged in|wrangler login|CLOUDFLARE_API_TOKEN/i;

/** Why the account could not be reached. The most likely reason is that nobody meant to. */
function ofTheAccount(name: string, said: string): string {
  return NOT_LOGGED_IN.test(said)
    ? 'wrangler is not logged in to an account: use --local for the store on this machine, or `npx wrangler login` first'
    : `wrangler kv ${name} failed in the account (--local is the store on this machine): ${said}`;
}

/** Consecutive entries of at most `UPLOAD_BYTES` together, at least one each. */
function batches(entries: readonly StorageEntry[]): StorageEntry[][] {
  const made: StorageEntry[][] = [];
  let bytes = Infinity;
  for (const entry of entries) {
    bytes += entry.value.length;
    if (bytes > UPLOAD_BYTES) {
      made.push([]);
      bytes = entry.value.length;
    }
    made.at(-1)!.push(entry);
  }
  return made;
}
