import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeJson, type SnapshotPointer } from '../../src/catalog/manifest.ts';
import { POINTER_KEY, shardKey } from '../../src/catalog/storage.ts';
import { seededRandom } from '../../src/kernel/random.ts';
import { publishTo } from '../fixtures/publish.ts';
import { makeServableShop, startWorker, type RunningWorker } from './harness.ts';

const HISTORY = ['i3', 'i7'];
/** Requests in which a version must arrive; a bound so that one that never does fails instead of hanging. */
const REQUESTS_MAX = 40;

const flipBit = (value: Uint8Array) => value.with(value.length >> 1, value[value.length >> 1]! ^ 1);
const withOtherManifest = (value: Uint8Array) => {
  const pointer = JSON.parse(new TextDecoder().decode(value)) as SnapshotPointer;
  return encodeJson({ ...pointer, manifest: `${pointer.manifest} ` });
};
const half = (value: Uint8Array) => value.slice(0, value.length >> 1);

/** The life of one isolate that looks for a newer version at every request: its tests follow on one another. */
let worker: RunningWorker;
beforeAll(async () => {
  worker = await startWorker({ SNAPSHOT_CHECK_MS: '0' });
});
afterAll(() => worker?.close());

async function damage(key: string, change: (value: Uint8Array) => Uint8Array) {
  await worker.kv.put(key, change(new Uint8Array((await worker.kv.get(key, 'arrayBuffer'))!)));
}

const ask = () => worker.recommend({ history: HISTORY });
const unusable = () => ({ ...makeServableShop({ seed: 3 }), encoder: new TextEncoder().encode('no model at all') });

/** Asks until an answer is of `version`. */
async function arrival(version: string) {
  for (let requests = 0; (await ask()).body.snapshot !== version; requests++) expect(requests).toBeLessThan(REQUESTS_MAX);
}

describe('while no whole version is published, every request is answered and health says why', () => {
  const faults: [name: string, spoil: (version: string) => Promise<void>, fault: RegExp][] = [
    ['nothing published', () => worker.kv.delete(POINTER_KEY), /no snapshot has been published yet/],
    ['a pointer of garbage', () => damage(POINTER_KEY, half), /JSON/],
    ['a manifest that was changed', () => damage(POINTER_KEY, withOtherManifest), /manifest does not have the checksum/],
    ['a flipped bit in a shard', (version) => damage(shardKey(version, 'vectors', 0), flipBit), /vectors\.0 does not have the checksum/],
    ['a truncated shard', (version) => damage(shardKey(version, 'rules', 0), half), /rules\.0 does not have the checksum/],
    ['a missing shard', (version) => worker.kv.delete(shardKey(version, 'items', 0)), /items\.0 is missing/],
  ];
  test.for(faults)('%s', async ([, spoil, fault]) => {
    const { version } = await publishTo(worker.kv, makeServableShop(), 0);
    await spoil(version);
    for (const { status, body } of await Promise.all([ask(), ask(), ask()])) {
      expect([status, body]).toEqual([
        200,
        { id: expect.any(String), items: [], cursor: null, unknown: [], snapshot: null, degraded: ['snapshot'] },
      ]);
    }
    expect(await worker.get('/v1/popular')).toMatchObject({ status: 503, body: { error: { code: 'snapshot_unavailable' } } });
    expect(await worker.get('/v1/health')).toMatchObject({
      status: 200,
      body: { status: 'degraded', snapshot: null, fault: expect.stringMatching(fault) },
    });
  });
});

describe('what is published next', () => {
  test('damaged: the version before it is served, even if its encoder cannot be opened', async () => {
    const before = await publishTo(worker.kv, unusable(), 1_000);
    const damaged = await publishTo(worker.kv, makeServableShop({ seed: 2 }), 2_000, before);
    await damage(shardKey(damaged.version, 'vectors', 0), flipBit);
    await arrival(before.version);
    for (const { status, body } of [await ask(), await ask()]) {
      expect([status, body.snapshot, body.degraded, body.items.length]).toEqual([200, before.version, ['transformer'], 10]);
    }
    const fault = expect.stringContaining(`${damaged.version} is refused`);
    expect((await worker.get('/v1/health')).body).toMatchObject({ status: 'degraded', snapshot: before.version, fault });
  });

  test('with a damaged encoder: it is served without, and says so', async () => {
    const { version } = await publishTo(worker.kv, makeServableShop({ seed: 4 }), 2_500);
    await damage(shardKey(version, 'encoder', 0), flipBit);
    await arrival(version);
    await ask();
    expect((await ask()).body).toMatchObject({ snapshot: version, degraded: ['transformer'] });
    const fault = expect.stringContaining('encoder.0 does not have the checksum');
    expect((await worker.get('/v1/health')).body).toMatchObject({ status: 'failed', snapshot: version, fault });
  });

  test('whole: it takes over', async () => {
    const { version } = await publishTo(worker.kv, makeServableShop(), 3_000);
    await arrival(version);
    await ask();
    expect((await ask()).body).toMatchObject({ snapshot: version, degraded: [] });
    expect((await worker.get('/v1/health')).body).toMatchObject({ status: 'ok', snapshot: version });
  });

  test.for([
    ['damaged', (version: string) => damage(shardKey(version, 'vectors', 0), flipBit)],
    ['with an encoder that cannot be opened', async () => undefined],
  ] as const)('%s: the old one stays', async ([, spoil]) => {
    const before = (await ask()).body.snapshot;
    const { version } = await publishTo(worker.kv, unusable(), 4_000);
    await spoil(version);
    for (let requests = 0; requests < 5; requests++) expect((await ask()).body).toMatchObject({ snapshot: before, degraded: [] });
    expect((await worker.get('/v1/health')).body).toMatchObject({ status: 'degraded', snapshot: before, fault: expect.any(String) });
  });

  test('the same again: it gives the same answers', async () => {
    const answers: unknown[] = [];
    for (const atMs of [5_000, 6_000]) {
      await arrival((await publishTo(worker.kv, makeServableShop({ seed: 9 }), atMs)).version);
      answers.push((await ask()).body.items);
    }
    expect(answers[1]).toEqual(answers[0]);
  });
});

test('publishing while requests run: none fails, none is degraded, none mixes versions', async () => {
  const VERSIONS = 5;
  const WAVE = 60;
  const ITEMS = 60;
  const random = seededRandom(7);
  const prefixOf = new Map<string, string>();
  const publish = async (at: number) => {
    const idPrefix = `v${at}-`;
    const { version } = await publishTo(worker.kv, makeServableShop({ items: ITEMS + at, seed: at, idPrefix }), 10_000 + at * 1_000);
    prefixOf.set(version, idPrefix);
    return version;
  };
  /** Items of every version there will have been. */
  const history = () => Array.from({ length: 3 * VERSIONS }, (_, at) => `v${at % VERSIONS}-${Math.floor(random() * ITEMS)}`);
  const answers: Awaited<ReturnType<typeof ask>>[] = [];
  const wave = async () => {
    const latest = await Promise.all(Array.from({ length: WAVE }, () => worker.recommend({ history: history(), limit: 8 })));
    answers.push(...latest);
    return latest;
  };

  await arrival(await publish(0));
  for (let at = 1; at < VERSIONS; at++) {
    const publishing = publish(at);
    await wave();
    const version = await publishing;
    for (let waves = 1; !(await wave()).every(({ body }) => body.snapshot === version); waves++) expect(waves).toBeLessThan(REQUESTS_MAX);
    expect((await worker.get('/v1/health')).body).toMatchObject({ status: 'ok', snapshot: version, runtimeReady: true, items: ITEMS + at });
  }

  expect(answers.length).toBeGreaterThan(200);
  for (const { status, body } of answers) {
    expect([status, body.degraded, body.items.length]).toEqual([200, [], 8]);
    const prefix = prefixOf.get(body.snapshot!)!;
    const named = body.items.flatMap(({ id, reason }) => [id, ...reason.because]);
    expect([...named, ...body.unknown].filter((id) => id.startsWith(prefix))).toEqual(named);
  }
  expect(new Set(answers.map(({ body }) => body.snapshot)).size).toBe(VERSIONS);
});

test('the only faults in the log are the encoders that could not be opened', () => {
  const errors = worker.logs().filter(({ level }) => level === 'error');
  expect(errors.length).toBeGreaterThan(0);
  expect(errors.filter(({ message }) => !message.includes('encoder_failed'))).toEqual([]);
});
