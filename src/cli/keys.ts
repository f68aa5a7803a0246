import { Command, Option } from 'commander';
import { keyId } from '../access/key.ts';
import { expireKey, findById, makeKey, withoutKey, type Keyring, type StoredKey } from '../access/keyring.ts';
import { commandLine } from '../domain/command.ts';
import type { Role } from '../domain/caller.ts';
import { DEFAULT_TENANT } from '../domain/tenant.ts';
import { readKeyring, writeKeyring } from './keyring.ts';
import type { KvTarget } from './kv.ts';
import { parseDuration, parseTenant } from './options.ts';
import { JSON_OPTION, printResult, table } from './output.ts';
import { withStore } from './store-options.ts';

const GRACE = '24h';
/** How long other isolates may still go by the keys they know. */
const SOON = 'within about a minute';

interface KeysOptions extends KvTarget {
  readonly json: boolean;
}

/** `edgewise keys`: who may call the service. */
export function keysCommand(): Command {
  const keys = new Command('keys').description('make, list, revoke and rotate the keys that open the service');
  keys.addCommand(
    onKeyring(new Command('create').description('make a key and print it, this once'))
      .addOption(
        new Option('--role <role>', 'server: everything; public: what a page may do').choices(['server', 'public']).default('server'),
      )
      .option('--tenant <name>', 'whose users, items and counters it opens', parseTenant, DEFAULT_TENANT)
      .option('--name <text>', 'what it is for', '')
      .action(createKey),
  );
  keys.addCommand(onKeyring(new Command('list').description('all keys, without what opens')).action(listKeys));
  keys.addCommand(onKeyring(new Command('revoke').description('make a key open nothing any more').argument('<id>')).action(revokeKey));
  keys.addCommand(
    onKeyring(new Command('rotate').description('make a new key for an old one, which holds a while longer').argument('<id>'))
      .addOption(new Option('--grace <time>', 'how long the old one holds').argParser(parseDuration).default(parseDuration(GRACE), GRACE))
      .action(rotateKey),
  );
  return keys;
}

function onKeyring(command: Command): Command {
  return withStore(command).option(...JSON_OPTION, false);
}

async function createKey({
  role,
  tenant,
  name,
  json,
  ...target
}: KeysOptions & { role: Role; tenant: string; name: string }): Promise<void> {
  const made = await makeKey({ role, tenant, name }, randomBytes(), Date.now());
  await writeKeyring([...(await readKeyring(target)), made.stored], target);
  printMade(made, json);
}

async function listKeys({ json, ...target }: KeysOptions): Promise<void> {
  const keys = (await readKeyring(target)).map(describeKey);
  printResult({ keys }, json, () =>
    keys.length === 0
      ? ['no keys']
      : table(
          keys.map(({ id, role, tenant, name, createdAt, expiresAt }) => [
            id,
            role,
            tenant,
            createdAt,
            expiresAt ?? 'does not expire',
            name,
          ]),
        ),
  );
}

async function revokeKey(id: string, { json, ...target }: KeysOptions): Promise<void> {
  const keys = await readKeyring(target);
  const revoked = describeKey(keyOf(id, keys, target));
  await writeKeyring(withoutKey(keys, id), target);
  printResult({ revoked }, json, () => [`${id} is revoked, everywhere ${SOON}`]);
}

async function rotateKey(id: string, { grace, json, ...target }: KeysOptions & { grace: number }): Promise<void> {
  const keys = await readKeyring(target);
  const made = await makeKey(keyOf(id, keys, target), randomBytes(), Date.now());
  const expiresAtMs = Date.now() + grace;
  await writeKeyring([...expireKey(keys, id, expiresAtMs), made.stored], target);
  printMade(made, json, [`${id} holds until ${new Date(expiresAtMs).toISOString()}`]);
}

function keyOf(id: string, keys: Keyring, target: KvTarget): StoredKey {
  const key = findById(keys, id);
  if (!key) throw new Error(`there is no key ${id}: \`${commandLine('keys list', target)}\` lists them`);
  return key;
}

const randomBytes = () => crypto.getRandomValues(new Uint8Array(32));

function printMade({ text, stored }: { text: string; stored: StoredKey }, json: boolean, more: readonly string[] = []): void {
  printResult({ key: text, ...describeKey(stored) }, json, ({ key, id, role, tenant }) => [
    key,
    `a ${role} key of the tenant ${tenant}, called ${id}; it is shown this once and known everywhere ${SOON}`,
    ...more,
  ]);
}

function describeKey({ sha256, name, role, tenant, createdAtMs, expiresAtMs }: Keyring[number]) {
  const at = (ms: number) => new Date(ms).toISOString();
  return { id: keyId(sha256), name, role, tenant, createdAt: at(createdAtMs), expiresAt: expiresAtMs === null ? null : at(expiresAtMs) };
}
