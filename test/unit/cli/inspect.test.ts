import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { buildSnapshot } from '../../../src/catalog/build.ts';
import { encodeJson } from '../../../src/catalog/manifest.ts';
import { POINTER_KEY } from '../../../src/catalog/storage.ts';
import { inspectCommand } from '../../../src/cli/inspect.ts';
import { publishCommand } from '../../../src/cli/publish.ts';
import { makeShop } from '../../fixtures/shop.ts';

const values = vi.hoisted(() => new Map<string, Uint8Array>());
vi.mock('../../../src/cli/kv.ts', () => ({ get: async (key: string) => values.get(key) }));

let printed = '';
beforeEach(async () => {
  printed = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
  const [one, two] = [await buildSnapshot(makeShop(), 0), await buildSnapshot(makeShop({ catalogue: 'new shop' }), 1_000)];
  for (const { key, value } of [...one.entries, ...two.entries]) values.set(key, value);
  values.set(POINTER_KEY, encodeJson({ ...two.reference, previous: one.reference }));
});
afterEach(() => {
  vi.restoreAllMocks();
  values.clear();
});

const inspect = (...argv: string[]) => inspectCommand().parseAsync(argv, { from: 'user' });

describe('inspect snapshot', () => {
  test('tells what is in the live version', async () => {
    await inspect('snapshot', '--local');
    expect(printed).toMatch(/^1970-01-01T00-00-01-[0-9a-f]{8} \(live\), made 1970-01-01T00:00:01\.000Z\n/);
    for (const part of ['items', 'vectors', 'rules', 'coVisits', 'texts', 'statistics', 'encoder', 'ranker'])
      expect(printed).toMatch(new RegExp(`^  ${part}\\.0 +[\\d,]+  bytes  sha256 [0-9a-f]{16}…$`, 'm'));
    expect(printed).toContain('new shop: 40 items, 10 users, 100 interactions, leave-one-out');
  });

  test('or in another one', async () => {
    const { version } = (await buildSnapshot(makeShop(), 0)).reference;
    await inspect('snapshot', version);
    expect(printed).toMatch(`${version}, made 1970-01-01T00:00:00.000Z\n`);
    expect(printed).toContain('\nshop: 40 items');
  });

  test('as one JSON object', async () => {
    await inspect('snapshot', '--json');
    const { reference, manifest } = await buildSnapshot(makeShop({ catalogue: 'new shop' }), 1_000);
    expect(JSON.parse(printed)).toMatchObject({ live: { version: reference.version, previous: {} }, manifest });
  });

  test('rejects where there is none', async () => {
    await expect(inspect('snapshot', 'v0')).rejects.toThrow('there is no snapshot v0');
    values.delete(POINTER_KEY);
    await expect(inspect('snapshot')).rejects.toThrow(
      'no snapshot has been published yet: `npm run edgewise -- publish --model models/online-retail`',
    );
    expect(printed).toBe('');
  });

  test('recommends a command that runs, on the same store', async () => {
    values.delete(POINTER_KEY);
    let said = '';
    await inspect('snapshot', '--tenant', 'acme', '--persist-to', 'here').catch((cause: Error) => (said = cause.message));
    const [, words] = /`npm run edgewise -- publish ([^`]+)`/.exec(said)!;
    const run = vi.fn();
    publishCommand().action(run).parse(words!.split(' '), { from: 'user' });
    expect(run.mock.lastCall![0]).toMatchObject({ model: 'models/online-retail', tenant: 'acme', local: true, persistTo: 'here' });
  });
});
