import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildSnapshot } from '../../../src/catalog/build.ts';
import { loadSnapshot, loadWholeSnapshot, SnapshotError } from '../../../src/catalog/load.ts';
import { sealManifest } from '../../../src/catalog/shards.ts';
import type { Artefacts } from '../../../src/catalog/snapshot.ts';
import { fitTextEncoder } from '../../../src/model/fit-text-encoder.ts';
import { unitOf } from '../../../src/model/neighbours.ts';
import { sha256 } from '../../../src/kernel/sha256.ts';
import { dequantizeRow, ROW_BYTES } from '../../../src/kernel/quantize.ts';
import { makeShop } from '../../fixtures/shop.ts';
import { storageOf } from '../../fixtures/serving.ts';

const NOW_MS = Date.parse('2026-01-02T03:04:05.678Z');
const SHOP = makeShop({ items: 7, dims: 3, encoder: Uint8Array.from({ length: 100 }, (_, at) => at) });

/** Loads what was built after `change` had its way with the values. */
async function loadChanged(artefacts: Artefacts, shardBytes: number | undefined, change: (values: Map<string, Uint8Array>) => void) {
  const { entries, reference } = await buildSnapshot(artefacts, NOW_MS, shardBytes);
  const { version, manifestSha256 } = reference; // so that the manifest is read as well
  const values = new Map(entries.map(({ key, value }) => [key, value.slice()]));
  change(values);
  return loadSnapshot(storageOf([...values].map(([key, value]) => ({ key, value }))), { version, manifestSha256 });
}

const KEYS = (await buildSnapshot(SHOP, NOW_MS, 150)).entries.map(({ key }) => key);
const isLater = (key: string) => /\/(encoder|ranker|start)\./.test(key);
const NEEDED_KEYS = KEYS.filter((key) => !isLater(key));

const PUBLISHED = { ...SHOP, start: Uint8Array.from({ length: 400 }, (_, at) => at) };
const LATER = ['encoder', 'ranker', 'start'] as const;
const LATER_KEYS = (await buildSnapshot(PUBLISHED, NOW_MS, 150)).entries.map(({ key }) => key).filter(isLater);

describe('a snapshot', () => {
  test('gives back what was put in, in however many shards', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({ items: fc.integer({ min: 2, max: 12 }), dims: fc.integer({ min: 1, max: ROW_BYTES }), seed: fc.nat() }),
        fc.constantFrom(undefined, 64, 100, 333, 4096),
        async (options, shardBytes) => {
          const shop = makeShop({ ...options, encoder: Uint8Array.from({ length: options.seed % 200 }, (_, at) => at) });
          const { manifest, reference } = await buildSnapshot(shop, NOW_MS, shardBytes);
          const snapshot = await loadChanged(shop, shardBytes, () => undefined);
          const { vectors, rowOf, byPopularity, rules, coVisits, texts, words, encoder, ranker, digests, ...rest } = snapshot;
          const {
            vectors: exact,
            rules: exactRules,
            coVisits: exactCoVisits,
            texts: exactTexts,
            encoder: onnx,
            ranker: ranking,
            ...same
          } = shop;
          for (const [table, wanted] of [
            [rules, exactRules],
            [coVisits, exactCoVisits],
            [texts, exactTexts],
          ] as const) {
            expect([...table.start]).toEqual([...wanted.start]);
            expect([...table.item]).toEqual([...wanted.item]);
            // Weights are kept in 255 steps of a row's heaviest, at most 0.6 here.
            for (let row = 0; row < options.items; row++) {
              for (let k = table.start[row]!; k < table.start[row + 1]!; k++)
                expect(Math.abs(unitOf(table, row) * table.weight[k]! - wanted.weight[k]!)).toBeLessThan(0.501 * (0.6 / 255));
            }
          }
          expect({ ...rest, items: [...rest.items] }).toEqual({ ...same, version: reference.version, upTo: 0 });
          expect([...digests.keys()].sort()).toEqual([...new Set(manifest.shards.map(({ part }) => part))].sort());
          expect([await encoder.read(), await ranker.read()]).toEqual([onnx, ranking]);
          expect(words).toEqual(fitTextEncoder(shop.items, exact, shop.statistics.popularity));
          expect(shop.items.map(({ id }) => rowOf.get(id))).toEqual([...shop.items.keys()]);
          // The shop's first items are the most popular ones.
          expect([...byPopularity]).toEqual([...shop.items.keys()]);
          const found = new Float32Array(exact.length);
          for (let row = 0; row < options.items; row++) dequantizeRow(vectors, row, found, row * options.dims);
          for (const [at, value] of found.entries()) {
            expect(Math.abs(value - exact[at]!)).toBeLessThanOrEqual(0.5001 * vectors.scales[at % options.dims]!);
          }
          expect(manifest.shards.every(({ bytes }) => bytes <= (shardBytes ?? Infinity))).toBe(true);
        },
      ),
      { numRuns: 40 },
    );
  });

  test('is cut into as many shards as it takes', async () => {
    const { manifest, entries } = await buildSnapshot(SHOP, NOW_MS, 150);
    const shards = manifest.shards.filter(({ part }) => part === 'vectors');
    expect(shards.map(({ index, bytes }) => [index, bytes])).toEqual([
      [0, 150],
      [1, 150],
      [2, 150],
      [3, 3 * 4 + 7 * ROW_BYTES - 450],
    ]);
    expect(entries).toHaveLength(manifest.shards.length + 1);
    // A part without bytes is still a part.
    const bare = await buildSnapshot({ ...SHOP, encoder: new Uint8Array() }, NOW_MS, 150);
    expect(bare.manifest.shards.filter(({ part }) => part === 'encoder')).toMatchObject([{ index: 0, bytes: 0 }]);
  });

  test('is called by its time and by what is in it', async () => {
    const versionOf = async (artefacts: Artefacts, nowMs = NOW_MS) => (await buildSnapshot(artefacts, nowMs)).reference.version;
    const version = await versionOf(SHOP);
    expect(version).toMatch(/^2026-01-02T03-04-05-[0-9a-f]{8}$/);
    expect(await versionOf(makeShop({ items: 7, dims: 3, encoder: SHOP.encoder }))).toBe(version);
    expect(await versionOf(SHOP, NOW_MS + 1000)).not.toBe(version);
    expect(await versionOf({ ...SHOP, encoder: new Uint8Array([1]) })).not.toBe(version);
    expect(await versionOf({ ...SHOP, model: { ...SHOP.model, seed: 2 } })).not.toBe(version);
  });

  test('lists equally popular items in an order that is not the catalogue’s, the same each time', async () => {
    const shop = makeShop({ items: 30 });
    const even = { ...shop, statistics: { ...shop.statistics, popularity: new Float32Array(30).fill(3) } };
    const order = [...(await loadChanged(even, undefined, () => undefined)).byPopularity];
    expect([...order].sort((a, b) => a - b)).toEqual([...even.items.keys()]);
    expect(order).not.toEqual([...even.items.keys()]);
    expect([...(await loadChanged(even, 500, () => undefined)).byPopularity]).toEqual(order);
  });
});

describe('what is left for later', () => {
  test('is read when it is asked for, in however many shards; without a recorded start there is none', async () => {
    for (const shardBytes of [undefined, 150]) {
      const snapshot = await loadChanged(PUBLISHED, shardBytes, () => undefined);
      for (const part of LATER) expect(await snapshot[part]!.read()).toEqual(PUBLISHED[part]);
    }
    expect(await loadChanged(SHOP, 150, () => undefined)).not.toHaveProperty('start');
  });

  test('is known by its checksum, where one shard holds it', async () => {
    const snapshot = await loadChanged(PUBLISHED, 150, () => undefined);
    expect([snapshot.encoder.sha256, snapshot.ranker.sha256]).toEqual([await sha256(SHOP.encoder), await sha256(SHOP.ranker)]);
    expect(snapshot.start!.sha256).toBeUndefined();
  });

  test('that is missing or differs in a bit is not given, whoever asks again; the version is served without it', async () => {
    expect(LATER_KEYS).toHaveLength(5);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...LATER_KEYS), fc.option(fc.nat(99)), fc.nat(7), async (key, byte, bit) => {
        const snapshot = await loadChanged(PUBLISHED, 150, (values) => {
          const value = values.get(key)!;
          if (byte === null) values.delete(key);
          else value[byte % value.length]! ^= 1 << bit;
        });
        const part = LATER.find((name) => key.includes(`/${name}.`))!;
        for (let asked = 0; asked < 2; asked++) await expect(snapshot[part]!.read()).rejects.toThrow(key);
        for (const whole of LATER) if (whole !== part) expect(await snapshot[whole]!.read()).toEqual(PUBLISHED[whole]);
      }),
    );
  });

  test.each(LATER_KEYS)('is read too, and refused without %s, by whoever decides whether a version goes live', async (key) => {
    const { entries, reference } = await buildSnapshot(PUBLISHED, NOW_MS, 150);
    expect((await loadWholeSnapshot(storageOf(entries), reference)).version).toBe(reference.version);
    await expectRefused(loadWholeSnapshot(storageOf(entries.filter((entry) => entry.key !== key)), reference), `${key} is missing`);
  });
});

/** A snapshot error that says which value is at fault. */
async function expectRefused(loading: Promise<unknown>, key: string) {
  await expect(loading).rejects.toBeInstanceOf(SnapshotError);
  await expect(loading).rejects.toThrow(key);
}

describe('a snapshot is refused', () => {
  test.each(NEEDED_KEYS)('without %s', async (key) => {
    await expectRefused(
      loadChanged(SHOP, 150, (values) => values.delete(key)),
      `${key} is missing`,
    );
  });

  test.each(NEEDED_KEYS)('with any bit of %s turned over', async (key) => {
    await fc.assert(
      fc.asyncProperty(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), fc.nat(7), async (position, bit) => {
        const loading = loadChanged(SHOP, 150, (values) => {
          const value = values.get(key)!;
          value[Math.floor(position * value.length)]! ^= 1 << bit;
        });
        await expectRefused(loading, key);
      }),
      { numRuns: 10 },
    );
  });

  test.each(NEEDED_KEYS)('with %s cut off or drawn out anywhere', async (key) => {
    await fc.assert(
      fc.asyncProperty(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), async (position) => {
        const cut = loadChanged(SHOP, 150, (values) => {
          const value = values.get(key)!;
          values.set(key, value.subarray(0, Math.floor(position * value.length)));
        });
        await expectRefused(cut, key);
      }),
      { numRuns: 5 },
    );
    await expectRefused(
      loadChanged(SHOP, 150, (values) => values.set(key, Uint8Array.from([...values.get(key)!, 0]))),
      key,
    );
  });

  test('with two shards in each other’s place', async () => {
    const [first, second] = KEYS.filter((key) => key.includes('/vectors.'));
    const loading = loadChanged(SHOP, 150, (values) => {
      const value = values.get(first!)!;
      values.set(first!, values.get(second!)!);
      values.set(second!, value);
    });
    await expectRefused(loading, '/vectors.');
  });

  test('when another version’s manifest stands under its key', async () => {
    const other = await buildSnapshot({ ...SHOP, encoder: new Uint8Array([1]) }, NOW_MS);
    const manifestKey = KEYS.at(-1)!;
    await expectRefused(
      loadChanged(SHOP, 150, (values) => values.set(manifestKey, other.entries.at(-1)!.value)),
      manifestKey,
    );
  });

  test('when the store cannot be reached', async () => {
    const { reference } = await buildSnapshot(SHOP, NOW_MS);
    const cause = new Error('no route to the store');
    const loading = loadSnapshot({ read: () => Promise.reject(cause) }, reference);
    await expectRefused(loading, 'no route to the store');
    await expect(loading).rejects.toMatchObject({ cause });
  });

  test('whose manifest names no models', async () => {
    const { manifest, entries } = await buildSnapshot(SHOP, NOW_MS);
    const { reference, entry } = await sealManifest({ ...manifest, shards: manifest.shards.filter(({ part }) => part !== 'ranker') });
    await expectRefused(loadSnapshot(storageOf([...entries, entry]), reference), 'names no models');
  });

  test('when its model is of another registry of features', async () => {
    const older = { ...SHOP, model: { ...SHOP.model, featureSchema: '00000000' } };
    await expectRefused(
      loadChanged(older, undefined, () => undefined),
      'train it again',
    );
  });
});

describe('artefacts are not published', () => {
  const { model, items, vectors, statistics, rules, coVisits, texts } = SHOP;
  const short = { ...rules, start: rules.start.slice(1) };
  test.each<[string, Partial<Artefacts>]>([
    ['an item too few', { items: items.slice(1) }],
    ['an item too many', { items: [...items, items[0]!] }],
    ['a number too few in the vectors', { vectors: vectors.slice(1) }],
    ['a vector too many', { vectors: new Float32Array(vectors.length + 3) }],
    ['a count too few', { statistics: { ...statistics, popularity: statistics.popularity.slice(1) } }],
    ['rules of fewer items', { rules: short }],
    ['co-visits of fewer items', { coVisits: { ...coVisits, start: coVisits.start.slice(1) } }],
    ['texts of fewer items', { texts: { ...texts, start: texts.start.slice(1) } }],
    ['a model of more items', { model: { ...model, items: items.length + 1 } }],
    ['a model of other dimensions', { model: { ...model, encoder: { ...model.encoder, dims: 4 } } }],
    ['a vector that is no number', { vectors: vectors.map((value, at) => (at === 5 ? NaN : value)) }],
  ])('with %s', async (_, change) => {
    await expect(buildSnapshot({ ...SHOP, ...change }, NOW_MS)).rejects.toThrow(Error);
  });

  test('with more dimensions than the scan reads', async () => {
    await expect(buildSnapshot(makeShop({ items: 3, dims: ROW_BYTES + 1 }), NOW_MS)).rejects.toThrow(RangeError);
  });
});
