import { env } from 'cloudflare:workers';
import { applyD1Migrations, introspectWorkflow } from 'cloudflare:test';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { buildSnapshot } from '../../src/catalog/build.ts';
import { Catalogue } from '../../src/catalog/items/catalogue.ts';
import { DELETED, type StoredItem } from '../../src/catalog/items/stored-item.ts';
import { loadSnapshot } from '../../src/catalog/load.ts';
import { encodeJson, parsePointer } from '../../src/catalog/manifest.ts';
import { firstToLearn } from '../../src/catalog/refresh/learn.ts';
import { planRefresh } from '../../src/catalog/refresh/plan.ts';
import { refresh, type RefreshOutcome } from '../../src/catalog/refresh/refresh.ts';
import { Refreshes } from '../../src/catalog/refresh/refreshes.ts';
import type { RefreshTools, Step } from '../../src/catalog/refresh/tools.ts';
import type { Snapshot } from '../../src/catalog/snapshot.ts';
import { POINTER_KEY, shardKey, type WritableStorage } from '../../src/catalog/storage.ts';
import { versionsIn } from '../../src/catalog/versions.ts';
import type { ItemBehaviour } from '../../src/domain/feedback.ts';
import { LIMITS } from '../../src/domain/limits.ts';
import { prefixOf } from '../../src/domain/tenant.ts';
import { dequantizeRow } from '../../src/kernel/quantize.ts';
import { createScanner, type Scanner } from '../../src/kernel/scan.ts';
import scan from '../../src/kernel/scan.wasm';
import { unitOf } from '../../src/model/neighbours.ts';
import { recommendTo } from '../../src/recommend/recommend-to.ts';
import { makeCatalogueItem } from '../fixtures/catalogue-item.ts';
import { publishTo } from '../fixtures/publish.ts';
import { makeShop } from '../fixtures/shop.ts';
import { clearStorage, startService, type ErrorBody } from './service.ts';

const ITEMS = 40;
/** What the shop has as its recorded start. */
const START = new Uint8Array([1, 2, 3]);
const shop = await buildSnapshot({ ...makeShop({ items: ITEMS }), start: START }, 0);

const stored = (seq: number, id: string, fields: object = {}, deleted = false): StoredItem => ({
  id,
  seq,
  hash: deleted ? DELETED : `${seq}`,
  item: makeCatalogueItem({ id, title: 'MUGS NUMBER NINE', categories: ['mugs'], ...fields }),
  createdMs: 5,
  updatedMs: 5,
});
const WRITES = [stored(1, 'new mug', { price: 3 }), stored(3, 'i5', {}, true), stored(4, 'i7', { title: 'BAGS RENAMED', hidden: true })];

/** The shop published in a store of memory, a catalogue beside it, and a clock. `onCall` is told of every call of a store, before it is made and after. */
function makeTools(onCall: (when: 'before' | 'after', isSeen: boolean) => Promise<void> = async () => undefined) {
  const values = new Map(shop.entries.map(({ key, value }) => [key, value]));
  values.set(POINTER_KEY, encodeJson({ ...shop.reference, since: 0, previous: null }));
  const told = async <T>(call: () => T, isSeen = false): Promise<T> => {
    await onCall('before', isSeen);
    const result = call();
    await onCall('after', isSeen);
    return result;
  };
  const storage: WritableStorage = {
    read: (key) => told(() => values.get(key)?.slice().buffer ?? null),
    write: (key, value) => told(() => void values.set(key, value.slice()), key === POINTER_KEY),
    delete: (keys) => told(() => keys.forEach((key) => values.delete(key)), true),
    list: (prefix) => told(() => [...values.keys()].filter((key) => key.startsWith(prefix))),
  };
  const writes = [...WRITES];
  const behaviours: ItemBehaviour[] = [];
  const openScanner: RefreshTools['openScanner'] = (vectors) => createScanner(scan, vectors);
  const tools: RefreshTools = {
    storage,
    catalogue: {
      boundary: (since, count) =>
        told(
          () =>
            writes
              .filter(({ seq }) => seq > since)
              .slice(0, count)
              .at(-1)?.seq ?? since,
        ),
      changesBetween: (since, upTo, limit) => told(() => writes.filter(({ seq }) => seq > since && seq <= upTo).slice(0, limit)),
    },
    behaviourOf: (items) => told(() => behaviours.filter(({ item }) => items.includes(item))),
    openScanner,
    recommendTo: (histories, snapshot, atMs) => recommendTo(histories, snapshot, openScanner, atMs),
    nowMs: () => 60_000,
  };
  /** What a reader gets of what is live now, read past the calls that are counted. */
  const live = async (): Promise<Snapshot> =>
    loadSnapshot({ read: async (key) => values.get(key)?.slice().buffer ?? null }, parsePointer(values.get(POINTER_KEY)!));
  /** An endpoint of embeddings whose calls are counted too. */
  const embedTexts = (texts: readonly string[]) => told(() => texts.map((text) => Float32Array.of(text.length, 1)));
  return { tools, values, writes, behaviours, embedTexts, live };
}

/** Steps as a Workflow does them: what was done is not done again, and a step that throws is begun again `retries` times. */
function makeSteps(retries = 0, done = new Map<string, unknown>()): Step {
  let crashed = false;
  return async <T>(name: string, work: () => Promise<T>) => {
    if (crashed) throw new Crash();
    for (let attempt = 0; !done.has(name); attempt++) {
      try {
        done.set(name, JSON.parse(JSON.stringify(await work())) as T);
      } catch (cause) {
        crashed = isCrash(cause);
        if (crashed || attempt === retries) throw cause;
      }
    }
    return done.get(name) as T;
  };
}

/** The machine that runs the workflow goes away: nothing of it runs on, not even its error handling. */
class Crash extends Error {}
const isCrash = (cause: unknown): boolean => cause instanceof Crash || (cause instanceof Error && isCrash(cause.cause));

/** What users did with the new item of `WRITES`. */
const VISITS: ItemBehaviour = {
  item: 'new mug',
  popularity: 70,
  after: [
    ['i3', 40],
    ['i11', 10],
    ['never heard of', 99],
  ],
};

/** A new version has what was written, and nothing else has changed. */
function expectRefreshed(snapshot: Snapshot, before: Snapshot, popularity = VISITS.popularity) {
  expect(snapshot.upTo).toBe(4);
  const ids = [...snapshot.items].map(({ id }) => id);
  expect(ids).toEqual([...[...before.items].map(({ id }) => id).filter((id) => id !== 'i5'), 'new mug']);
  expect(snapshot.items.at(snapshot.rowOf.get('i7')!)).toMatchObject({ title: 'BAGS RENAMED', attributes: { hidden: true } });
  expect(snapshot.vectors.count).toBe(ITEMS);
  expect([snapshot.statistics.popularity[ITEMS - 1], snapshot.model.items]).toEqual([popularity, ITEMS]);
}

describe('a refresh', () => {
  test('makes a version of what was written, and keeps the one before it', async () => {
    const { tools, values, live } = makeTools();
    const before = await live();
    const outcome = await refresh(makeSteps(), tools);
    expect(outcome).toEqual({
      outcome: 'refreshed',
      version: expect.stringMatching(/^1970-01-01T00-01-00-/),
      learned: 0,
      items: ITEMS,
      recall: 1,
      shift: expect.any(Number),
    });
    const snapshot = await live();
    expectRefreshed(snapshot, before, 20); // as that of a rare item: the 30th of 40
    const pointer = parsePointer(values.get(POINTER_KEY)!);
    expect([pointer.previous?.version, pointer.since]).toEqual([before.version, 0]);
    const row = snapshot.rowOf.get('i9')!;
    const oldRow = before.rowOf.get('i9')!;
    expect(snapshot.vectors.codes.subarray(row * 64, row * 64 + 64)).toEqual(before.vectors.codes.subarray(oldRow * 64, oldRow * 64 + 64));
    expect(snapshot.statistics.popularity[row]).toBe(before.statistics.popularity[oldRow]);
    expect(await snapshot.start!.read()).toEqual(START);
  });

  test('is nothing where nothing was written, and the next one begins where it ended', async () => {
    const { tools, writes, live } = makeTools();
    await refresh(makeSteps(), tools);
    const { version } = await live();
    expect(await refresh(makeSteps(), tools)).toEqual({ outcome: 'unchanged' });
    expect((await live()).version).toBe(version);
    writes.push(stored(9, 'i5', { title: 'BACK AGAIN' }));
    expect(await refresh(makeSteps(), tools)).toMatchObject({ outcome: 'refreshed', items: ITEMS + 1 });
    expect([...(await live()).items].at(-1)).toMatchObject({ id: 'i5', title: 'BACK AGAIN' });
  });

  test('of a version without a recorded start makes another without one', async () => {
    const { tools, values, live } = makeTools();
    const plain = await buildSnapshot(makeShop({ items: ITEMS }), 0);
    for (const { key, value } of plain.entries) values.set(key, value);
    values.set(POINTER_KEY, encodeJson({ ...plain.reference, since: 0, previous: null }));
    expect(await refresh(makeSteps(), tools)).toMatchObject({ outcome: 'refreshed' });
    expect((await live()).start).toBeUndefined();
  });

  test('asks both versions what they recommend at one time', async () => {
    const { tools, writes } = makeTools();
    const asked: number[] = [];
    writes.push(stored(9, 'i6', { validTo: new Date(60_001).toISOString() }));
    const recommendAt: RefreshTools['recommendTo'] = (histories, snapshot, atMs) => {
      asked.push(atMs);
      return tools.recommendTo(histories, snapshot, atMs);
    };
    expect(await refresh(makeSteps(), { ...tools, recommendTo: recommendAt })).toMatchObject({ outcome: 'refreshed', shift: 0 });
    expect(asked).toEqual([60_000, 60_000]);
  });

  test('gives readers what the overlay gave them: its answers are the same', async () => {
    const { tools } = makeTools();
    expect(await refresh(makeSteps(), tools)).toMatchObject({ shift: 0 });
  });

  test('takes in so many writes at once and leaves the others for the next', async () => {
    const { tools, writes } = makeTools();
    writes.length = 0;
    for (let seq = 1; seq <= LIMITS.refreshChanges + 1; seq++) writes.push(stored(seq, `m${seq}`));
    expect(await planRefresh(tools)).toMatchObject({ since: 0, upTo: LIMITS.refreshChanges });
    writes.pop();
    expect(await planRefresh(tools)).toMatchObject({ since: 0, upTo: LIMITS.refreshChanges });
  });

  test('places so many of them in one step', async () => {
    for (const [count, pages] of [
      [LIMITS.refreshPage, 1],
      [LIMITS.refreshPage + 1, 2],
    ] as const) {
      const { tools, writes } = makeTools();
      writes.length = 0;
      for (let seq = 1; seq <= count; seq++) writes.push(stored(seq, `m${seq}`, { title: `UNHEARD OF ${seq}`, categories: [] }));
      const done = new Map<string, unknown>();
      expect(await refresh(makeSteps(0, done), tools)).toMatchObject({ outcome: 'refreshed', items: ITEMS + count });
      expect([...done.keys()].filter((name) => name.startsWith('place')).length).toBe(pages);
    }
  });

  test('keeps so many versions, and nothing of older ones', async () => {
    const { tools, values, writes } = makeTools();
    for (let round = 0; round < LIMITS.versionsKept + 2; round++) {
      writes.push(stored(100 + round, 'new mug', { price: round }));
      await refresh(makeSteps(), { ...tools, nowMs: () => 1_000_000 * (round + 1) });
    }
    expect(versionsIn([...values.keys()])).toHaveLength(LIMITS.versionsKept);
  });
});

describe('a refresh with an endpoint of embeddings', () => {
  const NUMBERS = [['NINE', 9]] as const;
  /** An endpoint whose model sees just what the item vectors say: an item's number is in its title. */
  function makeEndpoint({ vectors, rowOf }: Snapshot) {
    const calls: string[][] = [];
    const embedTexts = async (texts: readonly string[]) => {
      calls.push([...texts]);
      return texts.map((text) => {
        const number = NUMBERS.find(([word]) => text.includes(word))?.[1] ?? Number(/\d+/.exec(text)?.[0] ?? 0);
        const vector = new Float32Array(vectors.dims + 1);
        dequantizeRow(vectors, rowOf.get(`i${number}`)!, vector, 1);
        return vector;
      });
    };
    return { calls, embedTexts };
  }

  test('places new items by the vectors it gives, through a map that the next refresh takes over', async () => {
    const { tools, writes, live } = makeTools();
    const before = await live();
    const { calls, embedTexts } = makeEndpoint(before);
    const outcome = await refresh(makeSteps(), { ...tools, embedTexts });
    expect([outcome.outcome, 'fallback' in outcome]).toEqual(['refreshed', false]);
    expect(cosine(vectorOf('new mug', await live()), vectorOf('i9', before))).toBeGreaterThan(0.9);
    expect(calls.map((texts) => texts.length)).toEqual([ITEMS, 3]); // every item; the new one, and the changed one before and after
    writes.push(stored(9, 'newer mug'));
    expect(await refresh(makeSteps(), { ...tools, embedTexts, nowMs: () => 120_000 })).toMatchObject({ outcome: 'refreshed' });
    expect(calls.slice(2).flat()).toHaveLength(1);
    expect(cosine(vectorOf('newer mug', await live()), vectorOf('i9', before))).toBeGreaterThan(0.9);
  });

  test('does without it where it fails, and says so', async () => {
    const plain = makeTools();
    await refresh(makeSteps(), plain.tools);
    const byWords = vectorOf('new mug', await plain.live());
    const failsFrom = async (call: number, other?: Float32Array) => {
      const { tools, live } = makeTools();
      const endpoint = makeEndpoint(await live());
      const embedTexts = async (texts: readonly string[]) => {
        if (endpoint.calls.length < call) return endpoint.embedTexts(texts);
        if (other) return texts.map(() => other);
        throw new Error('the endpoint is away');
      };
      const outcome = await refresh(makeSteps(), { ...tools, embedTexts });
      expect(vectorOf('new mug', await live())).toEqual(byWords);
      return outcome;
    };
    for (const call of [0, 1])
      expect(await failsFrom(call)).toMatchObject({ outcome: 'refreshed', fallback: 'Error: the endpoint is away' });
    expect(await failsFrom(1, new Float32Array(3).fill(1))).toMatchObject({
      fallback: expect.stringContaining('other vectors than the map'),
    });
  });

  test('asks it for so many texts at once, and for so many to fit the map', async () => {
    const { tools, values, live } = makeTools();
    const large = await buildSnapshot(makeShop({ items: LIMITS.textAnchors + 1 }), 0);
    for (const { key, value } of large.entries) values.set(key, value);
    values.set(POINTER_KEY, encodeJson({ ...large.reference, since: 0, previous: null }));
    const { calls, embedTexts } = makeEndpoint(await live());
    expect(await refresh(makeSteps(), { ...tools, embedTexts })).toMatchObject({ outcome: 'refreshed' });
    expect(Math.max(...calls.map((texts) => texts.length))).toBe(LIMITS.textsAtOnce);
    expect(calls.flat().length - 3).toBe(LIMITS.textAnchors);
  });
});

const vectorOf = (id: string, { vectors, rowOf }: Snapshot) => {
  const vector = new Float32Array(vectors.dims);
  dequantizeRow(vectors, rowOf.get(id)!, vector, 0);
  return vector;
};
const cosine = (a: Float32Array, b: Float32Array) =>
  a.reduce((sum, value, d) => sum + value * b[d]!, 0) / (Math.hypot(...a) * Math.hypot(...b));

describe('a refresh learns of items that no model was trained on', () => {
  const rulesFrom = (id: string, { rules, rowOf }: Snapshot) => {
    const row = rowOf.get(id)!;
    const [first, end] = [rules.start[row]!, rules.start[row + 1]!];
    return new Map(Array.from(rules.item.slice(first, end), (to, at) => [to, unitOf(rules, row) * rules.weight[first + at]!]));
  };

  test('where users came from to them, and how much they turned to them', async () => {
    const { tools, behaviours, live } = makeTools();
    await refresh(makeSteps(), tools);
    const before = await live();
    behaviours.push(VISITS);
    expect(await refresh(makeSteps(), { ...tools, nowMs: () => 120_000 })).toMatchObject({
      outcome: 'refreshed',
      learned: 1,
      items: ITEMS,
    });
    const after = await live();
    const row = after.rowOf.get('new mug')!;
    const towards = vectorOf('i3', after);
    expect(cosine(vectorOf('new mug', after), towards)).toBeGreaterThan(cosine(vectorOf('new mug', before), towards));
    expect(Math.hypot(...vectorOf('new mug', after))).toBeCloseTo(Math.hypot(...vectorOf('new mug', before)), 1);
    expect(after.statistics.popularity[row]).toBe(70);
    // 40 visits of (1 + 1/2 + 1/3 + 1/4 + 1/5) / 5, out of the 74 interactions that i3 was trained on.
    expect(rulesFrom('i3', after).get(row)).toBeCloseTo((40 * 2.28333) / 5 / 74, 2);
    expect(rulesFrom('i3', before).has(row)).toBe(false);
    for (const { id } of [...after.items].slice(0, -1)) expect(vectorOf(id, after)).toEqual(vectorOf(id, before));
  });

  test('once: the same again is nothing, and more takes the place of what was learned', async () => {
    const { tools, behaviours, values, live } = makeTools();
    behaviours.push(VISITS);
    expect(await refresh(makeSteps(), tools)).toMatchObject({ outcome: 'refreshed', learned: 1 });
    const keys = [...values.keys()];
    expect(await refresh(makeSteps(), { ...tools, nowMs: () => 120_000 })).toEqual({ outcome: 'unchanged' });
    expect([...values.keys()]).toEqual(keys);
    behaviours[0] = { ...VISITS, after: [['i3', 80]] };
    expect(await refresh(makeSteps(), { ...tools, nowMs: () => 180_000 })).toMatchObject({ outcome: 'refreshed' });
    const snapshot = await live();
    const row = snapshot.rowOf.get('new mug')!;
    expect(rulesFrom('i3', snapshot).get(row)).toBeCloseTo((80 * 2.28333) / 5 / 74, 2);
    expect(rulesFrom('i11', snapshot).has(row)).toBe(false);
  });

  test('from so many interactions on', async () => {
    for (const [popularity, learned] of [
      [LIMITS.learnedFrom - 1, 0],
      [LIMITS.learnedFrom, 1],
    ] as const) {
      const { tools, behaviours } = makeTools();
      behaviours.push({ ...VISITS, popularity });
      expect(await refresh(makeSteps(), tools)).toMatchObject({ outcome: 'refreshed', learned });
    }
  });

  test('nothing that comes from items it does not know, nor of items that the model knows', async () => {
    const { tools, behaviours } = makeTools();
    behaviours.push({ ...VISITS, after: [['never heard of', 99]] }, { ...VISITS, item: 'i3' });
    expect(await refresh(makeSteps(), tools)).toMatchObject({ outcome: 'refreshed', learned: 0 });
  });

  test('so many of them in one step, and the newest of too many', async () => {
    for (const [count, pages] of [
      [LIMITS.learnedPage, 1],
      [LIMITS.learnedPage + 1, 2],
    ] as const) {
      const { tools, writes } = makeTools();
      writes.splice(0, Infinity, ...Array.from({ length: count }, (_, at) => stored(at + 1, `m${at}`)));
      const done = new Map<string, unknown>();
      await refresh(makeSteps(0, done), tools);
      expect([...done.keys()].filter((name) => name.startsWith('learn')).length).toBe(pages);
    }
    expect([firstToLearn(LIMITS.learnedItems + 7, 7), firstToLearn(LIMITS.learnedItems + 8, 7)]).toEqual([7, 8]);
  });

  test('and may change more of what is recommended than others', async () => {
    for (const [share, outcome] of [
      [LIMITS.learnedShift, 'refreshed'],
      [LIMITS.learnedShift + 0.05, 'failed'],
    ] as const) {
      const { tools, behaviours } = makeTools();
      behaviours.push(VISITS);
      let asked = 0;
      const shifting = async (histories: readonly (readonly string[])[]) => {
        const lost = asked++ === 0 ? 0 : share;
        return histories.map(() => Array.from({ length: 20 }, (_, at) => (at < Math.round(20 * lost) ? `other ${at}` : `same ${at}`)));
      };
      expect(await refresh(makeSteps(), { ...tools, recommendTo: shifting })).toMatchObject({ outcome });
    }
  });

  test('and moves those that say something else, the less the more users taught of them', async () => {
    const { tools, writes, live } = makeTools();
    const before = await live();
    const reads = (id: string, title: string, category: string) => ({
      title: `${title} NUMBER ${id.slice(1)}`,
      categories: [category],
      tags: [],
    });
    writes.splice(
      0,
      Infinity,
      stored(1, 'i1', reads('i1', 'MUGS', 'mugs')),
      stored(2, 'i37', reads('i37', 'MUGS', 'mugs')),
      stored(3, 'i9', { ...reads('i9', 'MUGS', 'mugs'), price: 99 }),
    );
    expect(await refresh(makeSteps(), tools)).toMatchObject({ outcome: 'refreshed' });
    const after = await live();
    const moved = (id: string) => {
      const [now, then] = [vectorOf(id, after), vectorOf(id, before)];
      return Math.hypot(...now.map((value, d) => value - then[d]!));
    };
    expect(moved('i9')).toBe(0); // another price is no other text
    expect(moved('i1')).toBeGreaterThan(0);
    expect(moved('i37')).toBeGreaterThan(2 * moved('i1'));
    const near = after.texts.item.slice(after.texts.start[1], after.texts.start[2]);
    expect(near.length).toBeGreaterThan(0);
    expect(Array.from(near, (row) => after.items.at(row).categories)).toEqual(Array.from(near, () => ['mugs']));
  });
});

describe('a refresh that would go wrong leaves the live version, and nothing of its own', () => {
  async function expectRefused(change: (tools: RefreshTools, values: Map<string, Uint8Array>) => RefreshTools, reason: RegExp) {
    const { tools, values, live } = makeTools();
    const before = await live();
    const outcome = await refresh(makeSteps(), change(tools, values));
    expect(outcome).toMatchObject({ outcome: 'failed', reason: expect.stringMatching(reason) });
    const after = await live();
    for (const name of ['encoder', 'ranker', 'start'] as const) expect(await after[name]!.read()).toEqual(await before[name]!.read());
    const { encoder, ranker, start } = before; // each read anew, by a function of its own
    expect({ ...after, encoder, ranker, start }).toEqual(before);
    expect(versionsIn([...values.keys()])).toEqual([before.version]);
  }

  test('a shard that is not what was written', () =>
    expectRefused(
      (tools) => ({
        ...tools,
        storage: {
          ...tools.storage,
          write: (key, value) => tools.storage.write(key, key.includes('/rules.') ? value.with(0, value[0]! ^ 1) : value),
        },
      }),
      /rules\.0 does not have the checksum/,
    ));

  test('a scan that does not find what is near', () => {
    const blind = (scanner: Scanner): Scanner => ({
      ...scanner,
      nearest: (query, k) => scanner.nearest(query, k).subarray(0, Math.floor(0.9 * k)),
    });
    return expectRefused(
      (tools) => ({ ...tools, openScanner: (vectors) => blind(tools.openScanner(vectors)) }),
      /finds 90\.0 % of the nearest items/,
    );
  });

  test('recommendations that shift too much', () => {
    const shifted = (share: number) => (tools: RefreshTools) => {
      let asked = 0;
      return {
        ...tools,
        recommendTo: async (histories: readonly (readonly string[])[]) => {
          const lost = asked++ === 0 ? 0 : share;
          return histories.map(() => Array.from({ length: 20 }, (_, at) => (at < Math.round(20 * lost) ? `other ${at}` : `same ${at}`)));
        },
      };
    };
    return expectRefused(shifted(LIMITS.canaryShift + 0.05), /15\.0 % of what is recommended would change/);
  });

  test('or as much as they may', async () => {
    const { tools } = makeTools();
    let asked = 0;
    const recommendToMost = async (histories: readonly (readonly string[])[]) => {
      const lost = asked++ === 0 ? 0 : LIMITS.canaryShift;
      return histories.map(() => Array.from({ length: 20 }, (_, at) => (at < Math.round(20 * lost) ? `other ${at}` : `same ${at}`)));
    };
    expect(await refresh(makeSteps(), { ...tools, recommendTo: recommendToMost })).toMatchObject({
      outcome: 'refreshed',
      shift: LIMITS.canaryShift,
    });
  });

  test('nothing published yet', async () => {
    const { tools, values } = makeTools();
    values.clear();
    expect(await refresh(makeSteps(), tools)).toMatchObject({
      outcome: 'failed',
      reason: expect.stringContaining('no snapshot has been published'),
    });
  });
});

test('a version that was published meanwhile stays', async () => {
  const { tools, values, live } = makeTools();
  const other = await buildSnapshot(makeShop({ items: 12 }), 5_000);
  const publish = async () => {
    for (const { key, value } of other.entries) values.set(key, value);
    values.set(POINTER_KEY, encodeJson({ ...other.reference, since: 0, previous: null }));
  };
  const steps = makeSteps();
  const step: Step = async (name, work) => {
    if (name === 'activate') await publish();
    return steps(name, work);
  };
  expect(await refresh(step, tools)).toMatchObject({ outcome: 'failed', reason: expect.stringContaining('went live meanwhile') });
  expect((await live()).version).toBe(other.reference.version);
});

describe('whatever fails at the nth call of a store, before it or after it,', () => {
  /** How many calls a refresh makes: every one of them is made to fail. */
  async function countCalls() {
    let calls = 0;
    const { tools, behaviours, embedTexts } = makeTools(async (when) => void (calls += Number(when === 'before')));
    behaviours.push(VISITS);
    await refresh(makeSteps(), { ...tools, embedTexts });
    return calls;
  }

  /** Lets the nth call fail once, with a reader looking after every call that changes what it gets: the pointer, and what is deleted. */
  function failing(n: number, when: 'before' | 'after', fault: () => Error) {
    let calls = 0;
    let before: Snapshot | undefined;
    const made = makeTools(async (now, isSeen) => {
      if (now === 'before') calls++;
      before ??= await made.live();
      if (isSeen && now === 'after') {
        const seen = await made.live(); // rejects unless what is live is whole
        if (seen.version !== before.version) expectRefreshed(seen, before);
      }
      if (calls === n && now === when) {
        calls = Infinity;
        throw fault();
      }
    });
    made.behaviours.push(VISITS);
    return { ...made, tools: { ...made.tools, embedTexts: made.embedTexts }, before: () => before! };
  }

  test.for(['before', 'after'] as const)('the refresh ends right where steps are tried again (%s)', async (when) => {
    const calls = await countCalls();
    expect(calls).toBeGreaterThan(40);
    for (let n = 1; n <= calls; n++) {
      const { tools, live, before } = failing(n, when, () => new Error('storage is away'));
      const outcome = await refresh(makeSteps(1), tools);
      expect([n, outcome]).toEqual([n, expect.objectContaining({ outcome: 'refreshed' })]);
      expectRefreshed(await live(), before());
    }
  });

  test('it ends right where the machine goes away and another takes over', async () => {
    const calls = await countCalls();
    for (let n = 1; n <= calls; n++) {
      const { tools, live, before } = failing(n, 'after', () => new Crash());
      const done = new Map<string, unknown>();
      await refresh(makeSteps(0, done), tools);
      const outcome = await refresh(makeSteps(0, done), tools);
      expect([n, outcome]).toEqual([n, expect.objectContaining({ outcome: 'refreshed' })]);
      expectRefreshed(await live(), before());
    }
  });

  test('the old version stays where nothing is tried again, or the new one is whole', async () => {
    const calls = await countCalls();
    for (let n = 1; n <= calls; n++) {
      const { tools, live, before } = failing(n, 'before', () => new Error('storage is away'));
      const outcome = await refresh(makeSteps(), tools);
      const after = await live();
      if (outcome.outcome === 'refreshed') expectRefreshed(after, before());
      else expect([n, after.version]).toEqual([n, before().version]);
    }
  });
});

describe('as a workflow', () => {
  beforeAll(() => applyD1Migrations(env.FEEDBACK, env.MIGRATIONS));
  beforeEach(async () => {
    await env.FEEDBACK.exec('DELETE FROM items; DELETE FROM refreshes');
    await clearStorage();
    await publishTo(env.SNAPSHOTS, makeShop(), 0);
  });

  test('POST /v1/refresh runs it to its end, and GET /v1/refresh tells how it ended', async () => {
    await using workflows = await introspectWorkflow(env.REFRESH);
    const service = startService({ newId: () => crypto.randomUUID() });
    const put = await service.fetch('/v1/items', {
      method: 'PUT',
      body: JSON.stringify({ items: [{ id: 'new mug', title: 'MUGS NUMBER NINE' }] }),
    });
    expect(put.status).toBe(200);
    const response = await service.fetch('/v1/refresh', { method: 'POST' });
    expect(response.status).toBe(202);
    const { id } = await response.json<{ id: string }>();
    const [instance] = await workflows.get();
    await instance!.waitForStatus('complete');
    const { refreshes } = await (await service.get('/v1/refresh')).json<{ refreshes: RefreshOutcome[] }>();
    expect(refreshes).toEqual([
      expect.objectContaining({ id, outcome: 'refreshed', items: 41, recall: 1, shift: 0, finishedAt: expect.any(String) }),
    ]);
    const pointer = parsePointer(new Uint8Array((await env.SNAPSHOTS.get(POINTER_KEY, 'arrayBuffer'))!));
    expect(await env.SNAPSHOTS.get(shardKey(pointer.version, 'items', 0))).toContain('new mug');
  });

  test('is of the tenant that asks: its items, its snapshot, its reports', async () => {
    const prefix = prefixOf('acme');
    const keys = (await env.SNAPSHOTS.list({ prefix: 'snapshot/' })).keys;
    for (const { name } of keys) await env.SNAPSHOTS.put(prefix + name, (await env.SNAPSHOTS.get(name, 'arrayBuffer'))!);
    const livePointer = async (of: string) => parsePointer(new Uint8Array((await env.SNAPSHOTS.get(of + POINTER_KEY, 'arrayBuffer'))!));
    const { version } = await livePointer('');
    await using workflows = await introspectWorkflow(env.REFRESH);
    const [acme, other] = ['acme', 'default'].map((tenant) => startService({ tenant, newId: () => crypto.randomUUID() })) as [
      ReturnType<typeof startService>,
      ReturnType<typeof startService>,
    ];
    const body = JSON.stringify({ items: [{ id: 'acme mug', title: 'MUGS NUMBER NINE' }] });
    expect((await acme.fetch('/v1/items', { method: 'PUT', body })).status).toBe(200);
    expect((await acme.fetch('/v1/refresh', { method: 'POST' })).status).toBe(202);
    const [instance] = await workflows.get();
    await instance!.waitForStatus('complete');
    expect(await (await acme.get('/v1/refresh')).json()).toMatchObject({ refreshes: [{ outcome: 'refreshed', items: 41 }] });
    expect(await (await other.get('/v1/refresh')).json()).toEqual({ refreshes: [] });
    expect(await livePointer(prefix)).toMatchObject({ previous: { version } });
    expect((await livePointer('')).version).toBe(version);
    expect(await (await acme.get('/v1/snapshots')).json()).toMatchObject({ previous: version, snapshots: [{ items: 41 }, { items: 40 }] });
    expect(await (await other.get('/v1/snapshots')).json()).toMatchObject({ live: version, snapshots: [{ items: 40 }] });
  });

  test('one runs at a time, and one that was lost does not keep the next from running', async () => {
    const service = startService();
    const refreshes = new Refreshes(env.FEEDBACK, 'default');
    await refreshes.begin('lost', service.clock.nowMs - LIMITS.refreshMs + 1);
    const refused = await service.fetch('/v1/refresh', { method: 'POST' });
    expect([refused.status, (await refused.json<ErrorBody>()).error.code]).toEqual([409, 'refresh_running']);
    await refreshes.begin('next', service.clock.nowMs + 1);
    await refreshes.finish('next', { outcome: 'unchanged' }, service.clock.nowMs + 2);
    expect(await refreshes.latest(5)).toMatchObject([
      { id: 'next', outcome: 'unchanged' },
      { id: 'lost', outcome: 'running' },
    ]);
    await refreshes.finish('next', { outcome: 'unchanged' }, service.clock.nowMs + LIMITS.refreshKeptMs - LIMITS.refreshMs + 2);
    expect((await refreshes.latest(5)).map(({ id }) => id)).toEqual(['next']);
  });

  test('that cannot be started says so, and does not keep the next from running', async () => {
    const service = startService();
    const refresher = { ...service.services.refresher, run: () => Promise.reject(new Error('no workflows here')) };
    const { startRefresh } = await import('../../src/catalog/refresh/start.ts');
    await expect(startRefresh('a', refresher, 5)).rejects.toThrow('no workflows here');
    expect(await refresher.refreshes.latest(1)).toMatchObject([
      { id: 'a', outcome: 'failed', reason: expect.stringContaining('no workflows here') },
    ]);
    await refresher.refreshes.begin('b', 6);
  });

  test('writes are counted up to a boundary', async () => {
    const catalogue = new Catalogue(env.FEEDBACK, 'default');
    await catalogue.write(
      ['a', 'b', 'c'].map((id) => ({ item: makeCatalogueItem({ id }), hash: id, createdMs: 0 })),
      0,
    );
    expect([await catalogue.boundary(0, 2), await catalogue.boundary(0, 9), await catalogue.boundary(3, 9)]).toEqual([2, 3, 3]);
    expect((await catalogue.changesBetween(1, 2, 9)).map(({ id }) => id)).toEqual(['b']);
  });
});
