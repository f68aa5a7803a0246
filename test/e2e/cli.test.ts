import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadSnapshot } from '../../src/catalog/load.ts';
import type { SnapshotManifest, SnapshotPointer } from '../../src/catalog/manifest.ts';
import { writeArtefacts } from '../../src/training/artefacts.ts';
import { makeServableShop } from './harness.ts';

/** As the script `edgewise` of package.json. */
const EDGEWISE = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning', 'src/cli/edgewise.ts'];

let folder: string;
let model: string;
let local: readonly string[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edgewise-cli-'));
  model = join(folder, 'model');
  local = ['--local', '--persist-to', join(folder, 'state')];
  await writeArtefacts(model, makeServableShop());
});
afterAll(() => rm(folder, { recursive: true }));

interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

function edgewise(...argv: readonly string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(process.execPath, [...EDGEWISE, ...argv], (fault, stdout, stderr) => {
      resolve({ exitCode: fault ? Number(fault.code) : 0, stdout, stderr });
    });
  });
}

/** Standard output that is one JSON object on one line and nothing else. */
function onlyObject({ stdout }: Outcome): Record<string, unknown> {
  expect(stdout).toMatch(/^\{[^\n]*\}\n$/);
  return JSON.parse(stdout) as Record<string, unknown>;
}

describe('a model on its way into a store', () => {
  let first: SnapshotPointer;
  let second: string;

  test('nothing is there to begin with', async () => {
    const outcome = await edgewise('inspect', 'snapshot', ...local, '--json');
    expect(outcome).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/^edgewise: no snapshot has been published yet[^\n]*\n$/) });
    expect(onlyObject(outcome)).toEqual({
      error: { message: expect.stringContaining('npm run edgewise -- publish --model models/online-retail --local') },
    });
  });

  test('publish makes it the live version', async () => {
    const outcome = await edgewise('publish', '--model', model, ...local, '--json');
    expect(outcome).toMatchObject({ exitCode: 0, stderr: '' });
    const published = onlyObject(outcome) as unknown as SnapshotPointer & Pick<SnapshotManifest, 'shards'>;
    expect(published.shards.map(({ part }) => part)).toEqual([
      'items',
      'vectors',
      'rules',
      'coVisits',
      'texts',
      'statistics',
      'encoder',
      'ranker',
      'words',
      'start',
    ]);
    expect(published.previous).toBeNull();
    first = published;
  });

  test('publish again keeps in mind what was live', async () => {
    const { exitCode, stdout } = await edgewise('publish', '--model', model, ...local);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`before it: ${first.version}`);
    [, second] = /^live on this machine: (\S+)$/m.exec(stdout) as unknown as [string, string];
    expect(second).not.toBe(first.version);
  });

  test('inspect tells the live version from the one before', async () => {
    const outcome = await edgewise('inspect', 'snapshot', first.version, ...local, '--json');
    const { live, manifest } = onlyObject(outcome) as unknown as { live: SnapshotPointer; manifest: SnapshotManifest };
    expect(live).toMatchObject({ version: second, previous: { version: first.version, manifestSha256: first.manifestSha256 } });
    expect(manifest).toMatchObject({ version: first.version, model: { catalogue: 'shop', items: 40 } });
  });

  test('both versions can be read from the store as a Worker reads them', async () => {
    const runtime = new Miniflare(
      convertV4MiniflareOptions({
        modules: true,
        script: 'export default { fetch: () => new Response() }',
        compatibilityDate: '2026-10-01',
        cf: false,
        kvNamespaces: { SNAPSHOTS: 'edgewise-snapshots' },
        resourcePersistencePath: join(folder, 'state', 'v3'),
      }),
    );
    const kv = await runtime.getKVNamespace('SNAPSHOTS');
    const pointer = (await kv.get('snapshot/current', 'json')) as SnapshotPointer;
    expect(pointer).toMatchObject({ version: second, previous: { version: first.version } });
    for (const reference of [pointer, pointer.previous!]) {
      const snapshot = await loadSnapshot({ read: (key) => kv.get(key, 'arrayBuffer') }, reference);
      expect([...snapshot.items]).toEqual(makeServableShop().items);
      expect(await snapshot.encoder.read()).toEqual(makeServableShop().encoder);
    }
    await runtime.dispose();
  });
});

describe('what goes wrong is said in one line', () => {
  test.for([
    ['publish', '--model'],
    ['inspect', 'model'],
  ])('%s %s of a folder that is not there', async (command) => {
    const missing = join(folder, 'nowhere');
    const { exitCode, stdout, stderr } = await edgewise(...command, missing);
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^edgewise: [^\n]+\n$/);
    expect(stderr).toContain(missing);
  });

  test('as JSON too', async () => {
    const outcome = await edgewise('publish', '--model', join(folder, 'nowhere'), '--json');
    expect(outcome.exitCode).toBe(1);
    expect(onlyObject(outcome)).toEqual({ error: { message: expect.stringContaining('nowhere') } });
  });

  test('but a folder that is there can be inspected', async () => {
    const outcome = await edgewise('inspect', 'model', model, '--json');
    expect(outcome).toMatchObject({ exitCode: 0, stderr: '' });
    expect(onlyObject(outcome)).toMatchObject({
      model: { catalogue: 'shop', items: 40 },
      encoder: { inputs: [{ name: 'rows' }] },
    });
  });
});

describe('what is called wrongly', () => {
  test.for([
    ['an unknown option', ['publish', '--model', 'm', '--loudly'], "unknown option '--loudly'"],
    ['a missing option', ['publish'], "required option '--model <folder>' not specified"],
    ['a missing argument', ['inspect', 'model'], "missing required argument 'folder'"],
    ['an unknown command', ['unpublish'], "unknown command 'unpublish'"],
    ['no command', [], 'Usage: edgewise'],
  ] as const)('%s', async ([, argv, fault]) => {
    const { exitCode, stdout, stderr } = await edgewise(...argv);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain(fault);
    expect(stderr).toContain('Usage: edgewise');
  });

  test('help is no fault', async () => {
    const { exitCode, stdout, stderr } = await edgewise('publish', '--help');
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toContain('--persist-to');
  });
});
