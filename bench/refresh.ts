/**
 * What a refresh costs: a synthetic catalogue of `--items` is published into memory, `--changes` items are written, and the refresh of
 * the Worker runs over it. Prints time and memory of every step and how often the stores are called.
 *
 *     npm run bench:refresh -- --items 200000 --changes 2000
 */
import { parseArgs } from 'node:util';
import { performance } from 'node:perf_hooks';
import { buildSnapshot } from '../src/catalog/build.ts';
import type { StoredItem } from '../src/catalog/items/stored-item.ts';
import { encodeJson } from '../src/catalog/manifest.ts';
import { refresh } from '../src/catalog/refresh/refresh.ts';
import type { Step } from '../src/catalog/refresh/tools.ts';
import { POINTER_KEY, type WritableStorage } from '../src/catalog/storage.ts';
import type { ItemBehaviour } from '../src/domain/feedback.ts';
import { count, table } from '../src/cli/output.ts';
import { recommendTo } from '../src/recommend/recommend-to.ts';
import { loadEngine } from '../src/training/open-serving.ts';
import { makeCatalogue, makeWrites } from './catalogue.ts';

/** Dollars a million operations of Workers KV (reads, writes and other operations), late 2026, and of rows that D1 reads. */
const PRICES = { read: 0.5, write: 5, other: 5, row: 0.001 };

const { values: options } = parseArgs({
  options: {
    items: { type: 'string', default: '200000' },
    changes: { type: 'string', default: '2000' },
    neighbours: { type: 'string', default: '10' },
  },
});
const [items, changes, neighbours] = [Number(options.items), Number(options.changes), Number(options.neighbours)];

const stored = new Map<string, Uint8Array>();
const calls = { read: 0, write: 0, other: 0, row: 0 };
const storage: WritableStorage = {
  async read(key) {
    calls.read++;
    return stored.get(key)?.slice().buffer ?? null;
  },
  async write(key, value) {
    calls.write++;
    stored.set(key, value.slice());
  },
  async delete(keys) {
    calls.other += keys.length;
    for (const key of keys) stored.delete(key);
  },
  async list(prefix) {
    calls.other++;
    return [...stored.keys()].filter((key) => key.startsWith(prefix));
  },
};

await publishCatalogue();
/** In a function of its own, so that nothing of it is held when the refresh is measured. */
async function publishCatalogue(): Promise<void> {
  const { entries, reference } = await buildSnapshot(makeCatalogue(items, neighbours), 0);
  for (const { key, value } of entries) stored.set(key, value.slice());
  stored.set(POINTER_KEY, encodeJson({ ...reference, since: 0, previous: null }));
}
const writes = makeWrites(items, changes);
const rows = (some: StoredItem[]) => {
  calls.row += some.length;
  return some;
};

/** Every new item was turned to from ten others: what D1 reads of it are the ten and its popularity. */
function behavioursOf(asked: readonly string[]): ItemBehaviour[] {
  calls.row += 11 * asked.length;
  return asked.map((item, at) => ({
    item,
    popularity: 10,
    after: Array.from({ length: 10 }, (_, k) => [`s${(at * 31 + k * 7) % items}`, 2] as const),
  }));
}

const lines: [string, number, string, number, string][] = [];
const step: Step = async (name, work) => {
  globalThis.gc?.();
  const [startMs, cpu] = [performance.now(), process.cpuUsage()];
  const result = await work();
  const { user, system } = process.cpuUsage(cpu);
  const heldMb = (process.memoryUsage().heapUsed + process.memoryUsage().external - base) / 1e6;
  lines.push([
    name,
    Math.round(performance.now() - startMs),
    'ms,',
    Math.round((user + system) / 1_000),
    `ms of CPU, ${heldMb.toFixed(0)} MB at its end`,
  ]);
  return result;
};
globalThis.gc?.();
const base = process.memoryUsage().heapUsed + process.memoryUsage().external;
const { openScanner } = await loadEngine();
const startMs = performance.now();
const outcome = await refresh(step, {
  storage,
  catalogue: {
    boundary: async (since, most) =>
      writes
        .filter(({ seq }) => seq > since)
        .slice(0, most)
        .at(-1)?.seq ?? since,
    changesBetween: async (since, upTo, limit) => rows(writes.filter(({ seq }) => seq > since && seq <= upTo).slice(0, limit)),
  },
  behaviourOf: async (asked) => behavioursOf(asked),
  openScanner,
  recommendTo: (histories, snapshot, atMs) => recommendTo(histories, snapshot, openScanner, atMs),
  nowMs: () => 60_000,
});

const dollars = (Object.keys(PRICES) as (keyof typeof PRICES)[]).reduce((sum, kind) => sum + (PRICES[kind] * calls[kind]) / 1e6, 0);
console.log(
  [
    `${count(items)} items with ${neighbours} neighbours a table, ${count(changes)} writes: ${JSON.stringify(outcome)}`,
    ...table(lines),
    `${((performance.now() - startMs) / 1_000).toFixed(1)} s; KV: ${calls.read} reads, ${calls.write} writes, ${calls.other} lists and deletions; D1: ${count(calls.row)} rows; $${dollars.toFixed(5)}`,
  ].join('\n'),
);
