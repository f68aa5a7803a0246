import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { buildSnapshot } from '../../../src/catalog/build.ts';
import { encodeJson, parsePointer } from '../../../src/catalog/manifest.ts';
import { POINTER_KEY, shadowKey, versionOf } from '../../../src/catalog/storage.ts';
import { shadowCommand } from '../../../src/cli/shadow.ts';
import { snapshotsCommand } from '../../../src/cli/snapshots.ts';
import type { ShadowReport } from '../../../src/evaluation/shadow.ts';
import type { Artefacts } from '../../../src/catalog/snapshot.ts';
import { Serving } from '../../../src/recommend/serving.ts';
import { writeArtefacts } from '../../../src/training/artefacts.ts';
import { engineOf, snapshotOf, standIn } from '../../fixtures/serving.ts';
import { makeShop } from '../../fixtures/shop.ts';

const values = vi.hoisted(() => new Map<string, Uint8Array>());
vi.mock('../../../src/cli/kv.ts', () => ({
  get: async (key: string) => values.get(key),
  list: async (prefix: string) => [...values.keys()].filter((key) => key.startsWith(prefix)),
  putAll: async (entries: { key: string; value: Uint8Array }[]) => entries.forEach(({ key, value }) => values.set(key, value)),
  deleteAll: async (keys: string[]) => keys.forEach((key) => values.delete(key)),
}));
vi.mock('../../../src/training/open-serving.ts', async (original) => ({
  ...(await original<object>()),
  loadEngine: async () => engineOf(standIn()),
  openServing: async (artefacts: Artefacts) => {
    const serving = new Serving(await snapshotOf(artefacts), engineOf(standIn()));
    await serving.startEncoder(0);
    return serving;
  },
}));

const shop = (items: number, newestAt?: string, featureSchema?: string) => {
  const made = makeShop({ items });
  const { model } = made;
  const data = { ...model.data, ...(newestAt === undefined ? {} : { newestAt }) };
  return { ...made, model: { ...model, data, ...(featureSchema === undefined ? {} : { featureSchema }) } };
};
const live = await buildSnapshot(shop(30, '2026-11-20T00:00:00Z'), 0);
const candidate = await buildSnapshot(shop(40, '2026-11-21T00:00:00Z'), 1_000);
const other = await buildSnapshot(shop(20, undefined, 'of another build'), 2_000);
const { version } = candidate.reference;

let data: string;
beforeEach(async () => {
  values.clear();
  for (const { key, value } of [live, candidate, other].flatMap(({ entries }) => entries)) values.set(key, value);
  values.set(POINTER_KEY, encodeJson({ ...live.reference, since: 0, previous: null }));
  data = await mkdtemp(join(tmpdir(), 'edgewise-test-'));
  const line = (item: string, at: string) => `${JSON.stringify({ user: 'u', item, type: 'click', at })}\n`;
  await writeFile(
    join(data, 'interactions.ndjson'),
    line('i1', '2026-11-20T12:00:00Z') + line('i2', '2026-11-20T13:00:00Z') + line('i3', '2026-11-22T12:00:00Z'),
  );
});

async function run(command: ReturnType<typeof shadowCommand>, ...words: string[]): Promise<unknown> {
  const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    await command.parseAsync([...words, '--local'], { from: 'user' });
    const printed = String(written.mock.calls.at(-1)![0]);
    return words.includes('--json') ? JSON.parse(printed) : printed;
  } finally {
    written.mockRestore();
  }
}
const kept = () => JSON.parse(new TextDecoder().decode(values.get(shadowKey(version)))) as ShadowReport;

test('compares a version with the live one on what came after both had learnt, and keeps the report with it', async () => {
  const report = await run(shadowCommand(), '--candidate', version, '--data', data, '--json');
  expect(report).toMatchObject({
    candidate: version,
    live: live.reference.version,
    histories: 2,
    nextItem: { since: '2026-11-21T00:00:00.000Z', cases: 1 },
  });
  expect(kept()).toEqual(report);
  expect(versionOf(shadowKey(version))).toBe(version); // so it goes when the version does
  expect(parsePointer(values.get(POINTER_KEY)!).version).toBe(live.reference.version);
  expect(await run(snapshotsCommand(), 'list', '--json')).toMatchObject({ versions: [{}, { version, shadow: report }, {}] });
  expect(await run(snapshotsCommand(), 'activate', version)).toContain('recall@10');
  expect(parsePointer(values.get(POINTER_KEY)!).version).toBe(version);
});

test('takes another time, and a folder, of which nothing is kept', async () => {
  const folder = join(await mkdtemp(join(tmpdir(), 'edgewise-test-')), 'model');
  await writeArtefacts(folder, shop(40));
  const since = ['--since', '2026-11-20T12:30:00Z'];
  expect(await run(shadowCommand(), '--candidate', version, '--data', data, ...since, '--json')).toMatchObject({ nextItem: { cases: 2 } });
  values.delete(shadowKey(version));
  await expect(run(shadowCommand(), '--candidate', folder, '--data', data)).resolves.toContain('nothing came after both had learnt');
  expect([...values.keys()].filter((key) => key.endsWith('/shadow'))).toEqual([]);
});

test('a version of another feature registry is refused, as is one that does not exist', async () => {
  const name = other.reference.version;
  await expect(run(shadowCommand(), '--candidate', name, '--data', data)).rejects.toThrow('feature registry of another build');
  await expect(run(snapshotsCommand(), 'activate', name)).rejects.toMatchObject({ code: 'snapshot_damaged' });
  await expect(run(shadowCommand(), '--candidate', 'unheard-of', '--data', data)).rejects.toThrow('there is no snapshot unheard-of');
  values.delete(POINTER_KEY);
  await expect(run(shadowCommand(), '--candidate', version, '--data', data)).rejects.toThrow('no version is live');
});
