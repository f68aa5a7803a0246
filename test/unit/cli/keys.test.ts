import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { hashKey, roleOf } from '../../../src/access/key.ts';
import { decodeKeyring, KEYRING_KEY, type Keyring } from '../../../src/access/keyring.ts';
import { installDevKeys, readDevVars } from '../../../src/cli/dev-keys.ts';
import { keysCommand } from '../../../src/cli/keys.ts';
import type { StorageEntry } from '../../../src/catalog/storage.ts';

const store = vi.hoisted(() => ({ values: new Map<string, Uint8Array>(), writes: 0 }));
vi.mock('../../../src/cli/kv.ts', () => ({
  get: async (key: string) => store.values.get(key),
  putAll: async (entries: readonly StorageEntry[]) => {
    store.writes++;
    for (const { key, value } of entries) store.values.set(key, value);
  },
}));

let printed: string[] = [];
beforeEach(() => {
  store.values.clear();
  store.writes = 0;
  printed = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed.push(String(text));
    return true;
  });
});
afterEach(() => vi.restoreAllMocks());

/** Runs `edgewise keys …` and reads the object that it prints. */
async function keys(...argv: readonly string[]) {
  printed = [];
  await keysCommand().parseAsync(['node', 'keys', ...argv, '--json']);
  return JSON.parse(printed.join('')) as { key: string; id: string; keys: { id: string; expiresAt: string | null }[] };
}
const keyring = (): Keyring => decodeKeyring(store.values.get(KEYRING_KEY)!);

describe('edgewise keys', () => {
  test('create prints the key once and stores its hash', async () => {
    const { key, ...rest } = await keys('create', '--role', 'public', '--tenant', 'acme', '--name', 'pages');
    expect(roleOf(key)).toBe('public');
    expect(rest).toEqual({
      id: (await hashKey(key)).slice(0, 12),
      role: 'public',
      tenant: 'acme',
      name: 'pages',
      createdAt: expect.any(String),
      expiresAt: null,
    });
    expect(new TextDecoder().decode(store.values.get(KEYRING_KEY))).not.toContain(key.slice(10));
    expect(keyring()).toMatchObject([{ sha256: await hashKey(key), role: 'public', tenant: 'acme', name: 'pages', expiresAtMs: null }]);
    expect(roleOf((await keys('create')).key)).toBe('server');
    expect((await keys('list')).keys.map(({ id }) => id)).toEqual([rest.id, expect.any(String)]);
  });

  test('rotate makes another one like it; the old one holds a while', async () => {
    const old = await keys('create', '--role', 'public', '--tenant', 'acme');
    const before = Date.now();
    const made = await keys('rotate', old.id, '--grace', '1h');
    expect(made.key).not.toBe(old.key);
    const [first, second] = keyring();
    expect(second).toMatchObject({ sha256: await hashKey(made.key), role: 'public', tenant: 'acme', expiresAtMs: null });
    expect(first!.expiresAtMs! - before).toBeGreaterThanOrEqual(3_600_000);
    expect(first!.expiresAtMs! - before).toBeLessThan(3_660_000);
    await keys('rotate', old.id, '--grace', '9h');
    expect(keyring()[0]!.expiresAtMs).toBe(first!.expiresAtMs); // it does not come to hold longer
  });

  test('revoke takes a key out, and no other', async () => {
    const [one, other] = [await keys('create'), await keys('create')];
    await keys('revoke', one.id);
    expect((await keys('list')).keys.map(({ id }) => id)).toEqual([other.id]);
  });

  test.for(['revoke', 'rotate'])('%s of a key that is not there changes nothing', async (command) => {
    await keys('create');
    await expect(keys(command, '0123456789ab')).rejects.toThrow('there is no key 0123456789ab: `npm run edgewise -- keys list` lists them');
    expect(store.writes).toBe(1);
  });

  test('a keyring that cannot be read is not written over', async () => {
    store.values.set(KEYRING_KEY, new TextEncoder().encode('{"format":2}'));
    await expect(keys('create')).rejects.toThrow();
    expect(store.writes).toBe(0);
  });
});

describe('the keys of this machine', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'edgewise-dev-'));
    path = join(folder, '.dev.vars');
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('are made once, for nobody else to read, and known to the local store', async () => {
    const made = await installDevKeys(path, { local: true });
    expect([roleOf(made.server), roleOf(made.public)]).toEqual(['server', 'public']);
    expect(keyring().map(({ role, tenant }) => [role, tenant])).toEqual([
      ['server', 'default'],
      ['public', 'default'],
    ]);
    expect((await stat(path)).mode & 0o077).toBe(0);
    expect(await installDevKeys(path, { local: true })).toEqual(made);
    expect(store.writes).toBe(1);
    store.values.clear();
    expect(await installDevKeys(path, { local: true })).toEqual(made);
    expect(keyring()).toHaveLength(2);
  });

  test('leave what else stands there, and keep a secret that is there', async () => {
    await writeFile(path, `OTHER="a b"\nSIGNING_SECRET=mine`);
    const vars = await readDevVars(path);
    expect(vars).toMatchObject({ OTHER: 'a b', SIGNING_SECRET: 'mine', DEV_SERVER_KEY: expect.stringMatching(/^ew_server_/) });
    expect(await readFile(path, 'utf8')).toMatch(
      /^OTHER="a b"\nSIGNING_SECRET=mine\n# Made by .*\nDEV_SERVER_KEY=.*\nDEV_PUBLIC_KEY=.*\n$/,
    );
    expect(await readDevVars(path)).toEqual(vars);
  });
});
