import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { buildSnapshot } from '../../src/catalog/build.ts';
import { encodeJson, type SnapshotReference } from '../../src/catalog/manifest.ts';
import { sha256 } from '../../src/kernel/sha256.ts';
import type { Snapshot } from '../../src/catalog/snapshot.ts';
import { manifestKey, POINTER_KEY, shardKey, type SnapshotStorage, OVERLAY_KEY } from '../../src/catalog/storage.ts';
import { SnapshotStore } from '../../src/catalog/store.ts';
import { publishTo } from '../fixtures/publish.ts';
import { makeShop } from '../fixtures/shop.ts';
import { CHECK_EVERY_MS, clearStorage, kvStorage } from './service.ts';

/** As the store has them. */
const RETRY_MS = 2_000;
const PATIENCE_MS = 5_000;
const LOST_MS = 60_000;
/** What an answer needs, one shard each. */
const NEEDED = ['items', 'vectors', 'rules', 'coVisits', 'texts', 'statistics', 'words'];
/** The pointer, which brings the manifest, and those. */
const READS = 1 + NEEDED.length;

afterEach(() => void vi.useRealTimers());

/** A store over `storage` that records what it prepares, retires and refuses. */
function makeStore(storage: SnapshotStorage) {
  const log: string[] = [];
  const refused: string[] = [];
  /** While set, preparing waits for it. */
  const gate: { open?: () => Promise<void> } = {};
  const store = new SnapshotStore({
    tenant: 'default',
    storage: { read: async (key, seconds) => (key === OVERLAY_KEY ? null : storage.read(key, seconds)) }, // nothing changed since
    checkEveryMs: CHECK_EVERY_MS,
    amend: (before, snapshot) => ({ ...before, snapshot }),
    prepare: async (snapshot: Snapshot, before) => {
      const { catalogue } = snapshot.model;
      log.push(`prepare ${catalogue} after ${before?.snapshot.model.catalogue ?? 'nothing'}`);
      await gate.open?.();
      return { snapshot, retire: () => void log.push(`retire ${catalogue} for ${serves()}`) };
    },
    onRefused: (reason) => void refused.push(String(reason)),
  });
  const serves = () => store.current?.snapshot.model.catalogue;
  const open = async (nowMs: number) => {
    await store.open(nowMs);
    return store.current;
  };
  return { store, open, log, refused, gate, serves };
}

/** KV with a fault: `fault` gets the number of the read, from 1, and what it would have given. */
function faulty(fault: (read: number, value: ArrayBuffer | null, key: string) => ArrayBuffer | null | Promise<ArrayBuffer | null>) {
  const reads: string[] = [];
  const storage: SnapshotStorage = {
    read: async (key, cacheSeconds) => {
      const read = reads.push(key);
      return fault(read, await kvStorage.read(key, cacheSeconds), key);
    },
  };
  return { storage, reads };
}

/** Catalogues of different sizes: they have no part in common. */
const NAMES = ['one', 'two', 'three', 'damaged'];

const publish = (catalogue: string, atMs = 0, previous: SnapshotReference | null = null) =>
  publishTo(env.SNAPSHOTS, makeShop({ catalogue, items: 40 + NAMES.indexOf(catalogue) }), atMs, previous);

/** Changes the value under `key`. */
async function damage(key: string, change: (value: Uint8Array) => Uint8Array) {
  await env.SNAPSHOTS.put(key, change(new Uint8Array((await env.SNAPSHOTS.get(key, 'arrayBuffer'))!)));
}

function flipBit(value: Uint8Array): Uint8Array {
  const flipped = value.slice();
  flipped[flipped.length >> 1]! ^= 0x10;
  return flipped;
}

beforeEach(clearStorage);

describe('the first version', () => {
  test('is loaded once, however many ask for it', async () => {
    const { version } = await publish('one');
    const { storage, reads } = faulty((_, value) => value);
    const { store, open, log } = makeStore(storage);
    const opened = await Promise.all(Array.from({ length: 20 }, () => open(0)));
    expect(new Set(opened)).toEqual(new Set([store.current]));
    expect(store.current!.snapshot.version).toBe(version);
    expect(log).toEqual(['prepare one after nothing']);
    expect(reads).toHaveLength(READS);
    expect(new Set(reads).size).toBe(READS);

    await open(1);
    expect(reads).toHaveLength(READS);
  });

  test('holds what was published', async () => {
    await publish('one');
    const { open } = makeStore(kvStorage);
    const { snapshot } = (await open(0))!;
    const shop = makeShop({ catalogue: 'one' });
    expect([...snapshot.items]).toEqual(shop.items);
    expect(Array.from(snapshot.rules.item)).toEqual(Array.from(shop.rules.item));
    expect(Array.from(snapshot.coVisits.item)).toEqual(Array.from(shop.coVisits.item));
    expect(snapshot.statistics).toEqual(shop.statistics);
    expect([await snapshot.encoder.read(), await snapshot.ranker.read()]).toEqual([shop.encoder, shop.ranker]);
    expect(snapshot.model).toEqual(shop.model);
    expect(snapshot.rowOf.get('i7')).toBe(7);
    expect(Array.from(snapshot.byPopularity.slice(0, 3))).toEqual([0, 1, 2]);
  });

  test('may come in many shards', async () => {
    const built = await buildSnapshot(makeShop({ catalogue: 'cut' }), 0, 100);
    for (const { key, value } of built.entries) await env.SNAPSHOTS.put(key, value);
    await env.SNAPSHOTS.put(POINTER_KEY, encodeJson({ ...built.reference, previous: null }));
    const { storage, reads } = faulty((_, value) => value);
    const { open } = makeStore(storage);
    expect([...(await open(0))!.snapshot.items]).toEqual(makeShop().items);
    expect(reads.length).toBeGreaterThan(3 * READS);
  });

  test('is waited for after a failure, and tried again only after a while', async () => {
    const { storage, reads } = faulty((_, value) => value);
    const { store, open, serves } = makeStore(storage);
    expect(await open(1_000)).toBeUndefined();
    expect(store.lastFault).toContain('npm run edgewise -- publish --model');
    await publish('one');
    expect(await open(1_000 + RETRY_MS - 1)).toBeUndefined();
    expect(reads).toHaveLength(1);
    await open(1_000 + RETRY_MS);
    expect([serves(), store.lastFault]).toEqual(['one', undefined]);
  });

  describe('with one read that fails', () => {
    const faults = {
      rejects: () => Promise.reject(new Error('KV is unreachable')),
      'finds nothing': () => null,
      'gives half': (value: ArrayBuffer) => value.slice(0, value.byteLength >> 1),
      'gives one byte more': (value: ArrayBuffer) => new Uint8Array([...new Uint8Array(value), 0]).buffer,
      'gives a flipped bit': (value: ArrayBuffer) => flipBit(new Uint8Array(value)).buffer as ArrayBuffer,
    };
    for (const [name, fault] of Object.entries(faults)) {
      test(`${name}: nothing is served, then all of it`, async () => {
        const { version } = await publish('one');
        for (let failing = 1; failing <= READS; failing++) {
          const { storage } = faulty((read, value) => (read === failing ? fault(value!) : value));
          const { store, open, refused, log } = makeStore(storage);
          expect(await open(0)).toBeUndefined();
          expect([log, refused.length, typeof store.lastFault]).toEqual([[], 1, 'string']);
          expect((await open(RETRY_MS))?.snapshot.version).toBe(version);
          expect(store.lastFault).toBeUndefined();
        }
      });
    }
  });

  test('that cannot be prepared is refused', async () => {
    await publish('one');
    const { store, open, gate, refused, serves } = makeStore(kvStorage);
    gate.open = () => Promise.reject(new Error('no memory'));
    expect(await open(0)).toBeUndefined();
    expect([refused, store.lastFault]).toEqual([['Error: no memory'], 'no memory']);
    delete gate.open;
    await open(RETRY_MS);
    expect([serves(), store.lastFault]).toEqual(['one', undefined]);
  });
});

describe('a newer version that has parts of the one before', () => {
  const shop = makeShop({ catalogue: 'one' });
  const changed = { ...shop, model: { ...shop.model, catalogue: 'two' }, rules: shop.texts };

  test('takes them from there, and reads the others', async () => {
    await publishTo(env.SNAPSHOTS, shop, 0);
    const { storage, reads } = faulty((_, value) => value);
    const { store, open } = makeStore(storage);
    const before = (await open(0))!.snapshot;
    reads.length = 0;
    const { version } = await publishTo(env.SNAPSHOTS, changed, 1_000);
    await store.refresh(CHECK_EVERY_MS);
    expect(reads).toEqual([POINTER_KEY, shardKey(version, 'rules', 0)]);
    const { snapshot } = store.current!;
    expect(snapshot.version).toBe(version);
    expect([snapshot.items, snapshot.vectors, snapshot.coVisits, snapshot.texts, snapshot.words]).toEqual([
      before.items,
      before.vectors,
      before.coVisits,
      before.texts,
      before.words,
    ]);
    expect(snapshot.vectors).toBe(before.vectors);
    expect([...snapshot.rules.item]).toEqual([...shop.texts.item]);
    expect([...before.rules.item]).toEqual([...shop.rules.item]);
  });

  test('is refused for one that differs and is damaged', async () => {
    await publishTo(env.SNAPSHOTS, shop, 0);
    const { store, open, serves } = makeStore(kvStorage);
    await open(0);
    const { version } = await publishTo(env.SNAPSHOTS, changed, 1_000);
    await damage(shardKey(version, 'rules', 0), flipBit);
    await store.refresh(CHECK_EVERY_MS);
    expect([serves(), store.lastFault]).toEqual(['one', expect.stringContaining('checksum')]);
  });

  test('takes nothing from one whose rows are others, whatever is the same', async () => {
    await publish('one');
    const { storage, reads } = faulty((_, value) => value);
    const { store, open } = makeStore(storage);
    await open(0);
    const more = makeShop({ catalogue: 'two', items: 41 });
    await publishTo(env.SNAPSHOTS, { ...more, encoder: Uint8Array.of(9) }, 1_000);
    reads.length = 0;
    await store.refresh(CHECK_EVERY_MS);
    expect(reads).toHaveLength(READS);
    expect(store.current!.snapshot.items).toHaveLength(41);
  });
});

describe('a newer version', () => {
  test('is looked for only now and then', async () => {
    await publish('one');
    const { storage, reads } = faulty((_, value) => value);
    const { store, open, serves } = makeStore(storage);
    await open(0);
    await publish('two');
    await store.refresh(CHECK_EVERY_MS - 1);
    expect([serves(), reads.length]).toEqual(['one', READS]);
    await store.refresh(CHECK_EVERY_MS);
    expect([serves(), reads.length]).toEqual(['two', 2 * READS]);
    await store.refresh(2 * CHECK_EVERY_MS - 1);
    expect(reads).toHaveLength(2 * READS);
    await store.refresh(2 * CHECK_EVERY_MS);
    expect(reads).toHaveLength(2 * READS + 1);
  });

  test('takes the place of the old one at once, and only when it is ready', async () => {
    await publish('one');
    const { store, open, log, gate, serves } = makeStore(kvStorage);
    await open(0);
    await publish('two');
    const ready = Promise.withResolvers<void>();
    gate.open = () => ready.promise;
    const refreshes = [store.refresh(CHECK_EVERY_MS), store.refresh(CHECK_EVERY_MS), store.refresh(CHECK_EVERY_MS + 1)];
    await vi.waitFor(() => expect(log).toHaveLength(2));
    expect(serves()).toBe('one');
    expect((await open(CHECK_EVERY_MS))!.snapshot.model.catalogue).toBe('one');
    ready.resolve();
    await Promise.all(refreshes);
    expect(log).toEqual(['prepare one after nothing', 'prepare two after one', 'retire one for two']);
  });

  test('may be an older one again', async () => {
    const one = await publish('one', 0);
    const two = await publish('two', 1_000, one);
    const { store, open, serves } = makeStore(kvStorage);
    await open(0);
    expect(serves()).toBe('two');
    await env.SNAPSHOTS.put(POINTER_KEY, encodeJson({ ...one, previous: two }));
    await store.refresh(CHECK_EVERY_MS);
    expect(serves()).toBe('one');
  });

  test('with one read that fails is refused, and taken at the next look', async () => {
    for (let failing = 1; failing <= READS; failing++) {
      await publish('one');
      const { storage } = faulty((read, value) => (read === READS + failing ? Promise.reject(new Error('KV is unreachable')) : value));
      const { store, open, log, refused, serves } = makeStore(storage);
      await open(0);
      await publish('two');
      await store.refresh(CHECK_EVERY_MS);
      expect([serves(), log.length, refused.length, store.lastFault]).toEqual(['one', 1, 1, expect.stringContaining('KV is unreachable')]);
      await store.refresh(2 * CHECK_EVERY_MS);
      expect([serves(), log.length, store.lastFault]).toEqual(['two', 3, undefined]);
    }
  });

  test('with one damaged value is refused for good; a whole one after it is taken', async () => {
    const keys = (version: string) => NEEDED.map((part) => shardKey(version, part, 0));
    await publish('one');
    const { store, open, log, refused, serves } = makeStore(kvStorage);
    await open(0);
    let nowMs = 0;
    for (let at = 0; at < READS - 1; at++) {
      const { version } = await publish('damaged');
      await damage(keys(version)[at]!, flipBit);
      for (let look = 0; look < 2; look++) {
        await store.refresh((nowMs += CHECK_EVERY_MS));
        expect([serves(), store.lastFault]).toEqual(['one', expect.stringContaining(`${keys(version)[at]} does not have the checksum`)]);
      }
    }
    expect([log, refused.length]).toEqual([['prepare one after nothing'], 2 * (READS - 1)]);
    await publish('two');
    await store.refresh(nowMs + CHECK_EVERY_MS);
    expect([serves(), store.lastFault]).toEqual(['two', undefined]);
  });

  test('that cannot be prepared is refused', async () => {
    await publish('one');
    const { store, open, gate, serves, log } = makeStore(kvStorage);
    await open(0);
    await publish('two');
    gate.open = () => Promise.reject(new Error('no memory'));
    await store.refresh(CHECK_EVERY_MS);
    expect([serves(), store.lastFault, log.length]).toEqual(['one', 'no memory', 2]);
  });
});

describe('the version before', () => {
  test('is served by a cold start that finds the current one damaged', async () => {
    const one = await publish('one', 0);
    const two = await publish('two', 1_000, one);
    await damage(shardKey(two.version, 'vectors', 0), flipBit);
    const { store, open, serves, refused } = makeStore(kvStorage);
    expect((await open(0))?.snapshot.version).toBe(one.version);
    expect([store.lastFault, refused.length]).toEqual([expect.stringContaining(two.version), 1]);

    await store.refresh(CHECK_EVERY_MS);
    expect([serves(), store.lastFault]).toEqual(['one', expect.stringContaining(two.version)]);
    await publish('three', 2_000, two);
    await store.refresh(2 * CHECK_EVERY_MS);
    expect([serves(), store.lastFault]).toEqual(['three', undefined]);
  });

  test('may be damaged too: then nothing is served, and the fault is of the current one', async () => {
    const one = await publish('one', 0);
    const two = await publish('two', 1_000, one);
    for (const { version } of [one, two]) await damage(shardKey(version, 'items', 0), flipBit);
    const { store, open, refused } = makeStore(kvStorage);
    expect(await open(0)).toBeUndefined();
    expect([store.lastFault, refused.length]).toEqual([expect.stringContaining(two.version), 2]);
  });

  test('is not gone back to by an isolate that serves a newer one', async () => {
    const one = await publish('one', 0);
    const { store, open, serves } = makeStore(kvStorage);
    await publish('two', 1_000);
    await open(0);
    const three = await publish('three', 2_000, one);
    await damage(shardKey(three.version, 'items', 0), flipBit);
    await store.refresh(CHECK_EVERY_MS);
    expect(serves()).toBe('two');
  });
});

describe('a manifest', () => {
  test('that came with the pointer is checked as one that is read', async () => {
    const { version } = await publish('one');
    const pointer = JSON.parse((await env.SNAPSHOTS.get(POINTER_KEY))!) as { manifest?: string };
    await env.SNAPSHOTS.put(POINTER_KEY, encodeJson({ ...pointer, manifest: pointer.manifest!.replace('40', '41') }));
    const { store, open } = makeStore(kvStorage);
    expect(await open(0)).toBeUndefined();
    expect(store.lastFault).toContain(`${manifestKey(version)} does not have the checksum`);
  });

  test('that did not is read: a pointer may be written by hand', async () => {
    const { version, manifestSha256 } = await publish('one');
    await env.SNAPSHOTS.put(POINTER_KEY, encodeJson({ version, manifestSha256, previous: null }));
    const { open } = makeStore(kvStorage);
    expect((await open(0))!.snapshot.version).toBe(version);
    await damage(manifestKey(version), flipBit);
    expect(await makeStore(kvStorage).open(0)).toBeUndefined();
  });

  test('of another layout is refused, and the fault says so', async () => {
    const { version } = await publish('one');
    const manifest = (await env.SNAPSHOTS.get(manifestKey(version)))!.replace('"format":6', '"format":5');
    const manifestSha256 = await sha256(new TextEncoder().encode(manifest));
    await env.SNAPSHOTS.put(manifestKey(version), manifest);
    await env.SNAPSHOTS.put(POINTER_KEY, encodeJson({ version, manifestSha256, previous: null }));
    const { store, open } = makeStore(kvStorage);
    expect(await open(0)).toBeUndefined();
    expect(store.lastFault).toBe(`snapshot ${version} is refused: it has layout 5, this build reads layout 6: publish it again`);
  });
});

describe('a pointer that is rubbish', () => {
  const SHA = 'a'.repeat(64);
  const pointers: unknown[] = [
    '',
    'rubbish',
    '\u0000',
    'null',
    '[]',
    '{}',
    '7',
    { version: 1, manifestSha256: SHA, previous: null },
    { version: 'v', manifestSha256: 'short', previous: null },
    { version: 'v', manifestSha256: SHA },
    { version: 'v', manifestSha256: SHA, previous: 'w' },
    { version: 'v', manifestSha256: SHA, previous: { version: 'w' } },
    { version: 'v', manifestSha256: SHA, previous: null },
    { version: '../../etc/passwd', manifestSha256: SHA, previous: { version: 'w', manifestSha256: SHA } },
  ];
  test.for(pointers)('%j', async (pointer) => {
    const rubbish = typeof pointer === 'string' ? pointer : JSON.stringify(pointer);
    await env.SNAPSHOTS.put(POINTER_KEY, rubbish);
    const cold = makeStore(kvStorage);
    expect(await cold.open(0)).toBeUndefined();
    expect(cold.store.lastFault).not.toBe('');

    await publish('one');
    const warm = makeStore(kvStorage);
    await warm.open(0);
    await env.SNAPSHOTS.put(POINTER_KEY, rubbish);
    await warm.store.refresh(CHECK_EVERY_MS);
    expect([warm.serves(), typeof warm.store.lastFault, warm.refused.length]).toEqual(['one', 'string', 1]);
    await publish('one');
    await warm.store.refresh(2 * CHECK_EVERY_MS);
    expect([warm.serves(), warm.store.lastFault, warm.log.length]).toEqual(['one', undefined, 1]);
  });
});

describe('storage that is slow', () => {
  /** Storage in memory that answers when it is told to, and timers that run when they are told to. */
  function slowly() {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const values = new Map<string, ArrayBuffer>();
    const waiting: (() => void)[] = [];
    let quick = false;
    const storage: SnapshotStorage = {
      read: (key) =>
        new Promise((resolve) => {
          const value = values.get(key) ?? null;
          if (quick) resolve(value);
          else waiting.push(() => resolve(value));
        }),
    };
    return {
      ...makeStore(storage),
      waiting,
      publish: async (catalogue: string) => {
        const put = async (key: string, value: ArrayBuffer | Uint8Array) => void values.set(key, new Uint8Array(value).buffer);
        await publishTo({ put }, makeShop({ catalogue }), 0);
      },
      /** From now on every read is answered at once. */
      hurry: () => {
        quick = true;
      },
    };
  }

  test('is waited for so long and no longer; the load goes on', async () => {
    const { store, open, waiting, hurry, log, publish } = slowly();
    await publish('one');
    let settled = 0;
    const waited = (nowMs: number) => open(nowMs).finally(() => settled++);
    const first = waited(0);
    const later = waited(PATIENCE_MS - 1_000);
    await vi.advanceTimersByTimeAsync(999);
    expect(settled).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    expect([settled, await later]).toEqual([1, undefined]);
    await vi.advanceTimersByTimeAsync(PATIENCE_MS - 1_000);
    expect([settled, await first]).toEqual([2, undefined]);

    const hurried = waited(PATIENCE_MS + 1);
    await vi.advanceTimersByTimeAsync(1);
    expect([settled, await hurried, vi.getTimerCount()]).toEqual([3, undefined, 0]);

    const rest = store.refresh(PATIENCE_MS + 2);
    hurry();
    expect(waiting).toHaveLength(1);
    waiting[0]!();
    await rest;
    expect(log).toEqual(['prepare one after nothing']);
    expect((await open(PATIENCE_MS + 3))!.snapshot.model.catalogue).toBe('one');
  });

  test('that has become quick leaves no timer behind', async () => {
    const { open, waiting, hurry, serves, publish } = slowly();
    await publish('one');
    const opening = open(0);
    hurry();
    waiting[0]!();
    await opening;
    expect([serves(), vi.getTimerCount()]).toEqual(['one', 0]);
  });

  test('that never answers is given up on, and asked anew', async () => {
    const { open, waiting, hurry, serves, log, publish } = slowly();
    await publish('one');
    void open(0);
    void open(LOST_MS - 1);
    expect(waiting).toHaveLength(1);
    hurry();
    await open(LOST_MS);
    expect([serves(), log]).toEqual(['one', ['prepare one after nothing']]);
  });

  test('that answers after all leaves one version served and retires the other', async () => {
    const { store, open, waiting, hurry, serves, log, publish } = slowly();
    await publish('one');
    const lost = open(0);
    await publish('two');
    hurry();
    await open(LOST_MS);
    expect(serves()).toBe('two');
    waiting[0]!();
    await lost;
    expect(log).toEqual(['prepare two after nothing', 'prepare one after two', 'retire two for one']);
    await store.refresh(LOST_MS + CHECK_EVERY_MS);
    expect([serves(), log.at(-1)]).toEqual(['two', 'retire one for two']);
  });

  test('that answers after all does not let a third load begin beside its successor', async () => {
    const { store, open, waiting, publish } = slowly();
    const lost = open(0); // there is nothing yet: it settles with the answer to its first read
    await publish('one');
    void open(LOST_MS);
    expect(waiting).toHaveLength(2);
    waiting[0]!();
    await lost;
    void store.refresh(LOST_MS + CHECK_EVERY_MS);
    expect(waiting).toHaveLength(2);
  });

  test('that answers after all while another version takes over retires that one', async () => {
    const { open, hurry, gate, serves, log, publish } = slowly();
    hurry();
    await publish('one');
    const prepared = Promise.withResolvers<void>();
    const preparing = new Promise<void>((resolve) => {
      gate.open = () => {
        resolve();
        return prepared.promise;
      };
    });
    const lost = open(0);
    await preparing;
    delete gate.open;
    await publish('two');
    await open(LOST_MS);
    expect(serves()).toBe('two');
    prepared.resolve();
    await lost;
    expect(log).toEqual(['prepare one after nothing', 'prepare two after nothing', 'retire two for one']);
  });
});

test('a store that is closed gives up what it serves, amended too, and amends it no more', async () => {
  await clearStorage();
  await publishTo(env.SNAPSHOTS, makeShop(), 0);
  const { store, open, log } = makeStore(kvStorage);
  await open(0);
  store.learn([{ id: 'i5', seq: 1, item: null }]);
  const amended = store.current;
  expect(amended?.snapshot.items.at(5).attributes).toMatchObject({ hidden: true });
  store.close();
  expect(log.filter((line) => line.startsWith('retire'))).toHaveLength(2);
  store.learn([{ id: 'i6', seq: 2, item: null }]);
  expect(store.current).toBe(amended);
});
