import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { deleteAll, get, list, putAll, QUIET_WRANGLER } from '../../../src/cli/kv.ts';

/** Stands for wrangler: gets its arguments, gives what it would print or rejects as `execFile` does. */
const wrangler = vi.hoisted(() => vi.fn<(argv: readonly string[], env: Record<string, string>) => Promise<{ stdout: Buffer }>>());
vi.mock('node:child_process', async () => {
  const { promisify } = await import('node:util');
  const run = (_: string, [, ...argv]: string[], { env }: { env: Record<string, string> }) => wrangler(argv, env);
  return { execFile: Object.assign(() => undefined, { [promisify.custom]: run }) };
});

const UPLOAD_BYTES = 40 * 1024 * 1024;
const SUCCESS = { stdout: Buffer.from('Success!\n') };

/** What `execFile` rejects with when wrangler prints `stderr` and fails. */
const failure = (stderr: string) => Object.assign(new Error('Command failed'), { stderr: Buffer.from(stderr), stdout: Buffer.from('') });

beforeEach(() => {
  wrangler.mockReset();
});

describe('putAll', () => {
  /** The uploads that wrangler was asked for, and the files they were in. */
  function recordUploads() {
    const uploads: { key: string; value: string; base64: boolean }[][] = [];
    const files: string[] = [];
    wrangler.mockImplementation(async (argv) => {
      files.push(argv[3]!);
      uploads.push(JSON.parse(readFileSync(argv[3]!, 'utf8')) as (typeof uploads)[number]);
      return SUCCESS;
    });
    return { uploads, files };
  }

  test('hands every byte over, quietly, and leaves no file behind', async () => {
    const { uploads, files } = recordUploads();
    const bytes = Uint8Array.from({ length: 256 }, (_, at) => at);
    await putAll([{ key: 'a', value: bytes.subarray(3) }], { local: true, persistTo: 'somewhere' });
    const [argv, env] = wrangler.mock.lastCall!;
    expect(argv).toEqual(['kv', 'bulk', 'put', files[0], '--binding', 'SNAPSHOTS', '--local', '--persist-to', 'somewhere']);
    expect(env).toMatchObject(QUIET_WRANGLER);
    expect(uploads).toEqual([[{ key: 'a', value: Buffer.from(bytes.subarray(3)).toString('base64'), base64: true }]]);
    expect(existsSync(dirname(files[0]!))).toBe(false);
  });

  test('uploads in order, 40 MiB at once and not a byte more', async () => {
    const { uploads } = recordUploads();
    const entries = [1, UPLOAD_BYTES - 1, 1, 2].map((bytes, at) => ({ key: String(at), value: new Uint8Array(bytes) }));
    await putAll(entries, { local: true });
    expect(uploads.map((upload) => upload.map(({ key }) => key))).toEqual([
      ['0', '1'],
      ['2', '3'],
    ]);
  });

  test('writes nothing where there is nothing', async () => {
    await putAll([], { local: true });
    expect(wrangler).not.toHaveBeenCalled();
  });

  test('goes to the account unless told to stay here', async () => {
    recordUploads();
    await putAll([{ key: 'a', value: new Uint8Array(1) }], { local: false });
    expect(wrangler.mock.lastCall![0].slice(4)).toEqual(['--binding', 'SNAPSHOTS', '--remote']);
  });

  test('rejects with what wrangler said, stops there and leaves no file behind', async () => {
    let file = '';
    wrangler.mockImplementation(async (argv) => {
      file = argv[3]!;
      throw failure('\u001b[31m✘ [ERROR]\u001b[0m The account is full.\n');
    });
    const entries = [1, UPLOAD_BYTES].map((bytes, at) => ({ key: String(at), value: new Uint8Array(bytes) }));
    await expect(putAll(entries, { local: false })).rejects.toThrow(
      'wrangler kv bulk put failed in the account (--local is the store on this machine): ✘ [ERROR] The account is full.',
    );
    expect(wrangler).toHaveBeenCalledTimes(1);
    expect(existsSync(dirname(file))).toBe(false);
  });
});

describe('deleteAll', () => {
  test('hands the keys over and leaves no file behind; of none it asks nothing', async () => {
    let [file, keys] = ['', ''];
    wrangler.mockImplementation(async (argv) => {
      [file, keys] = [argv[3]!, readFileSync(argv[3]!, 'utf8')];
      return SUCCESS;
    });
    await deleteAll([], { local: true });
    expect(wrangler).not.toHaveBeenCalled();
    await deleteAll(['a/b', 'c'], { local: false });
    expect(wrangler.mock.lastCall![0]).toEqual(['kv', 'bulk', 'delete', file, '--force', '--binding', 'SNAPSHOTS', '--remote']);
    expect(JSON.parse(keys)).toEqual(['a/b', 'c']);
    expect(existsSync(dirname(file))).toBe(false);
  });
});

test('list gives the keys that begin with a prefix', async () => {
  wrangler.mockResolvedValue({ stdout: Buffer.from('[{"name":"a/b"},{"name":"a/c","expiration":7}]\n') });
  expect(await list('a/', { local: true })).toEqual(['a/b', 'a/c']);
  expect(wrangler.mock.lastCall![0]).toEqual(['kv', 'key', 'list', '--prefix', 'a/', '--binding', 'SNAPSHOTS', '--local']);
});

describe('get', () => {
  test('gives the bytes', async () => {
    const stdout = Buffer.from([0, 255, 10, 13, 0xef, 0xbb, 0xbf]);
    wrangler.mockResolvedValue({ stdout });
    expect(await get('a/b', { local: true })).toEqual(new Uint8Array(stdout));
    expect(wrangler.mock.lastCall![0]).toEqual(['kv', 'key', 'get', 'a/b', '--binding', 'SNAPSHOTS', '--local']);
  });

  test('gives undefined where there is nothing, here and in the account', async () => {
    wrangler.mockResolvedValueOnce({ stdout: Buffer.from('Value not found\n') });
    expect(await get('a', { local: true })).toBeUndefined();
    wrangler.mockRejectedValueOnce(failure('✘ [ERROR] Failed to fetch https://api.cloudflare.com/…/values/a - 404: Not Found'));
    expect(await get('a', { local: false })).toBeUndefined();
  });

  test.for([
    'Failed to fetch https://api.cloudflare.com/…/namespaces/c0404e/values/a - 500: Internal Server Error',
    'Failed to fetch https://api.cloudflare.com/…/namespaces/c0404e/values/a - 403: Forbidden',
    'Worker "edgewise" not found',
  ])('rejects for any other reason: %s', async (said) => {
    wrangler.mockRejectedValueOnce(failure(said));
    await expect(get('a', { local: false })).rejects.toThrow(said);
  });

  test.for([
    "In a non-interactive environment, it's necessary to set a CLOUDFLARE_API_TOKEN environment variable for wrangler to work.\n" +
      'To continue without logging in, rerun this command with `--temporary`.',
    'You are not logged in.',
    'Not logged in. Please run `wrangler login`.',
  ])('says what helps where nobody is logged in: %s', async (said) => {
    wrangler.mockRejectedValueOnce(failure(said));
    await expect(get('a', { local: false })).rejects.toThrow(
      /^wrangler is not logged in to an account: use --local for the store on this machine, or `npx wrangler login` first$/,
    );
  });

  test('rejects with the cause where wrangler said nothing', async () => {
    wrangler.mockRejectedValueOnce(new Error('spawn ENOENT'));
    await expect(get('a', { local: true })).rejects.toThrow('wrangler kv key get failed: Error: spawn ENOENT');
  });
});
