/**
 * What a refresh costs: a synthetic catalogue of `--items` is published into memory, `--changes` items are written, and the refresh of
 * the Worker runs over it, twice. The first run is timed. In the second the collector runs whenever a store is called or a large
 * array is made, and at the end of every step, and what is held then is read: the most of it is what a step needs of an isolate, which collects when it has to.
 * Values of the stores are not counted; a scanner is counted until its step ends.
 *
 *     npm run bench:refresh -- --items 200000 --changes 2000
 */
import { parseArgs } from 'node:util';
import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import { buildSnapshot } from '../src/catalog/build.ts';
import type { StoredItem } from '../src/catalog/items/stored-item.ts';
import { encodeJson } from '../src/catalog/manifest.ts';
import { refresh } from '../src/catalog/refresh/refresh.ts';
import type { Step } from '../src/catalog/refresh/tools.ts';
import { POINTER_KEY, type WritableStorage } from '../src/catalog/storage.ts';
import type { ItemBehaviour } from '../src/domain/feedback.ts';
import { count, table } from '../src/cli/output.ts';
import { recommendTo } from '../src/recommend/recommend-to.ts';
import type { Engine } from '../src/recommend/serving.ts';
import { loadEngine } from '../src/training/open-serving.ts';
import { makeCatalogue, makeWrites } from './catalogue.ts';
import { onLargeArrays } from './large-arrays.ts';

/** Dollars a million operations of Workers KV (reads, writes and other operations), late 2026, and of rows that D1 reads. */
const PRICES = { read: 0.5, write: 5, other: 5, row: 0.001 };

const { values: options } = parseArgs({
  options: {
    items: { type: 'string', default: '200000' },
    changes: { type: 'string', default: '2000' },
    neighbours: { type: 'string', default: '50' },
  },
});
const [items, changes, neighbours] = [Number(options.items), Number(options.changes), Number(options.neighbours)];

type Stored = Map<string, Uint8Array>;
interface Calls {
  read: number;
  write: number;
  other: number;
  row: number;
}

/** Stores in memory. `onCall` is told of every call, before it. */
function storesOver(stored: Stored, onCall: (kind: keyof Calls, times: number) => void) {
  const storage: WritableStorage = {
    async read(key) {
      onCall('read', 1);
      return stored.get(key)?.slice().buffer ?? null;
    },
    async write(key, value) {
      onCall('write', 1);
      stored.set(key, value);
    },
    async delete(keys) {
      onCall('other', keys.length);
      for (const key of keys) stored.delete(key);
    },
    async list(prefix) {
      onCall('other', 1);
      return [...stored.keys()].filter((key) => key.startsWith(prefix));
    },
  };
  const rows = (some: StoredItem[]) => {
    onCall('row', some.length);
    return some;
  };
  return {
    storage,
    catalogue: {
      boundary: async (since: number, most: number) =>
        writes
          .filter(({ seq }) => seq > since)
          .slice(0, most)
          .at(-1)?.seq ?? since,
      changesBetween: async (since: number, upTo: number, limit: number) =>
        rows(writes.filter(({ seq }) => seq > since && seq <= upTo).slice(0, limit)),
    },
    /** Every new item was turned to from ten others: what D1 reads of it are the ten and its popularity. */
    async behaviourOf(asked: readonly string[]): Promise<ItemBehaviour[]> {
      onCall('row', 11 * asked.length);
      return asked.map((item, at) => ({
        item,
        popularity: 10,
        after: Array.from({ length: 10 }, (_, k) => [`s${(at * 31 + k * 7) % items}`, 2] as const),
      }));
    },
  };
}

/** In a function of its own, so that nothing of it is held when the refresh is measured. */
async function publishCatalogue(): Promise<Stored> {
  const { entries, reference, shortened } = await buildSnapshot(makeCatalogue(items, neighbours), 0);
  for (const { part, kept, of } of shortened) console.log(`${part}: the heaviest ${count(kept)} of ${count(of)} neighbours are kept`);
  return new Map([
    ...entries.map(({ key, value }) => [key, value.slice()] as const),
    [POINTER_KEY, encodeJson({ ...reference, since: 0, previous: null })] as const,
  ]);
}

const writes = makeWrites(items, changes);
const engine = await loadEngine();
/** Memories of scanners, which Node does not count. */
const scanned = new Set<WeakRef<ArrayBufferLike>>();
const openScanner: Engine['openScanner'] = (vectors) => {
  const scanner = engine.openScanner(vectors);
  scanned.add(new WeakRef(scanner.matrix.codes.buffer));
  return scanner;
};
const run = (stored: Stored, onCall: (kind: keyof Calls, times: number) => void, step: Step) =>
  refresh(step, {
    ...storesOver(stored, onCall),
    openScanner,
    recommendTo: (histories, snapshot, atMs) => recommendTo(histories, snapshot, openScanner, atMs),
    nowMs: () => 60_000,
  });

interface Spent {
  readonly ms: number;
  readonly cpuMs: number;
}

async function timeSteps(stored: Stored) {
  const startMs = performance.now();
  const calls: Calls = { read: 0, write: 0, other: 0, row: 0 };
  const spent = new Map<string, Spent>();
  const outcome = await run(
    stored,
    (kind, times) => (calls[kind] += times),
    async (name, work) => {
      const [startMs, cpu] = [performance.now(), process.cpuUsage()];
      const result = await work();
      const { user, system } = process.cpuUsage(cpu);
      spent.set(name, { ms: performance.now() - startMs, cpuMs: (user + system) / 1_000 });
      return result;
    },
  );
  return { calls, spent, outcome, seconds: (performance.now() - startMs) / 1_000 };
}

/** The most that each step holds, in megabytes. */
async function weighSteps(stored: Stored): Promise<ReadonlyMap<string, number>> {
  const most = new Map<string, number>();
  let running = '';
  const heldMb = () => {
    globalThis.gc!();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    const inStores = [...stored.values()].reduce((sum, { byteLength }) => sum + byteLength, 0);
    const inScanners = [...scanned].reduce((sum, memory) => sum + (memory.deref()?.byteLength ?? 0), 0);
    return (heapUsed + arrayBuffers + inScanners - inStores) / 1e6;
  };
  const before = heldMb();
  const weigh = () => most.set(running, Math.max(most.get(running) ?? 0, heldMb() - before));
  onLargeArrays(() => running && weigh());
  await run(stored, weigh, async (name, work) => {
    await setImmediate(); // what a weak reference was asked for is held until now
    running = name;
    const result = await work();
    weigh();
    running = '';
    return result;
  });
  return most;
}

const { calls, spent, outcome, seconds } = await timeSteps(await publishCatalogue());
const most = await weighSteps(await publishCatalogue());
const dollars = (Object.keys(PRICES) as (keyof Calls)[]).reduce((sum, kind) => sum + (PRICES[kind] * calls[kind]) / 1e6, 0);
console.log(
  [
    `${count(items)} items with ${neighbours} neighbours a table, ${count(changes)} writes: ${JSON.stringify(outcome)}`,
    ...table(
      Array.from(spent, ([name, { ms, cpuMs }]) => [
        name,
        Math.round(ms),
        'ms,',
        Math.round(cpuMs),
        `ms of CPU, holds at most ${most.get(name)!.toFixed(0)} MB`,
      ]),
    ),
    `${seconds.toFixed(1)} s; KV: ${calls.read} reads, ${calls.write} writes, ${calls.other} lists and deletions; D1: ${count(calls.row)} rows; $${dollars.toFixed(5)}`,
  ].join('\n'),
);
