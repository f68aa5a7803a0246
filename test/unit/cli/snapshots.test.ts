import { beforeEach, expect, test, vi } from 'vitest';
import { buildSnapshot } from '../../../src/catalog/build.ts';
import { encodeJson, parsePointer } from '../../../src/catalog/manifest.ts';
import { POINTER_KEY } from '../../../src/catalog/storage.ts';
import { snapshotsCommand } from '../../../src/cli/snapshots.ts';
import { makeShop } from '../../fixtures/shop.ts';

const values = vi.hoisted(() => new Map<string, Uint8Array>());
vi.mock('../../../src/cli/kv.ts', () => ({
  get: async (key: string) => values.get(key),
  list: async (prefix: string) => [...values.keys()].filter((key) => key.startsWith(prefix)),
  putAll: async (entries: { key: string; value: Uint8Array }[]) => entries.forEach(({ key, value }) => values.set(key, value)),
  deleteAll: async (keys: string[]) => keys.forEach((key) => values.delete(key)),
}));

const one = await buildSnapshot(makeShop({ items: 12 }), 0);
const two = await buildSnapshot(makeShop({ items: 14 }), 1_000);
const [before, after] = [one.reference.version, two.reference.version];

beforeEach(() => {
  values.clear();
  for (const { key, value } of [...one.entries, ...two.entries]) values.set(key, value);
  const { version, manifestSha256 } = one.reference;
  values.set(POINTER_KEY, encodeJson({ ...two.reference, since: 0, previous: { version, manifestSha256 } }));
});

/** What a subcommand prints, as JSON. */
async function run(...words: string[]): Promise<unknown> {
  const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    await snapshotsCommand().parseAsync([...words, '--local', '--json'], { from: 'user' });
    return JSON.parse(String(written.mock.calls.at(-1)![0]));
  } finally {
    written.mockRestore();
  }
}
const live = () => parsePointer(values.get(POINTER_KEY)!).version;

test('lists versions, newest first', async () => {
  expect(await run('list')).toMatchObject({
    live: after,
    previous: before,
    versions: [
      { version: after, items: 14 },
      { version: before, items: 12 },
    ],
  });
});

test('tells what changed between two', async () => {
  expect(await run('diff', before, after)).toEqual({
    before,
    after,
    items: { added: ['i12', 'i13'], gone: [], changed: [] },
    shift: expect.any(Number),
  });
  expect(await run('diff', after, after)).toMatchObject({ items: { added: [], gone: [], changed: [] }, shift: 0 });
  await expect(run('diff', before, 'unheard-of')).rejects.toThrow('there is no snapshot unheard-of');
});

test('rolls back, and forth', async () => {
  await run('rollback');
  expect(live()).toBe(before);
  await run('activate', after);
  expect(live()).toBe(after);
  await expect(run('activate', 'unheard-of')).rejects.toMatchObject({ code: 'snapshot_not_found' });
  values.set(POINTER_KEY, encodeJson({ ...two.reference, since: 0, previous: null }));
  await expect(run('rollback')).rejects.toThrow('there is no version before the live one');
});
