/**
 * `npm run bench:activation`: what requests see of a version that goes live while they come. The Worker answers at a fixed rate in workerd;
 * every few seconds the pointer is moved between two versions that differ in every title. Both are in KV before the first request, so that writing them
 * disturbs nobody: on the platform that happens elsewhere. Prints what the answers took before, during and after, errors, and answers that mix
 * versions; writes bench/results/activation.json.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { parsePositive } from '../src/cli/options.ts';
import { count, JSON_OPTION, printResult, table } from '../src/cli/output.ts';
import type { SnapshotReference } from '../src/catalog/manifest.ts';
import type { Artefacts } from '../src/catalog/snapshot.ts';
import { readArtefacts } from '../src/training/artefacts.ts';
import { withRecordedStart } from '../src/training/record-start.ts';
import { buildWorker } from './build.ts';
import { makeCatalogue } from './catalogue.ts';
import { tellingFaults } from './faults.ts';
import { startInstance } from './instance.ts';
import { warmUp } from './latency.ts';
import { describeMachine, readVersions } from './machine.ts';
import { MODEL } from './model.ts';
import { sendAtRate } from './pace.ts';
import { ConnectionPool } from './pool.ts';
import { withProgress } from './progress.ts';
import { HEADLINE_LENGTH, makeRoutes, recommendationsOf, type Route } from './routes.ts';
import { quantile } from './statistics.ts';
import { measureThroughput } from './throughput.ts';

const RESULT = new URL('results/activation.json', import.meta.url);
const CONNECTIONS = 32;
const WARM_UP_REQUESTS = 2_000;
const NEIGHBOURS = 50;
/** The share of what the machine bears that is sent at most: beyond it requests wait for each other, and no figure says anything of a swap. */
const LOAD_MOST = 0.6;
const CAPACITY_MS = 2_000;
/** How often an isolate looks for another version, so that one is found soon. */
const CHECK_MS = 250;
/** Requests before the first move: for so long that V8 collects all garbage a few times, as it does while versions change. */
const BEFORE_MS = 30_000;
/** How long the versions stay; the first part of it is `during`, as long as answers of the version before come and this much longer. */
const PERIOD_MS = 4_000;
const AFTERMATH_MS = 500;
/** What the titles of the second version begin with. */
const MARK = 'NEW ';

interface Sample {
  /** When it was due, and how long its answer took from then on. */
  readonly dueMs: number;
  readonly ms: number;
  readonly version: string | null;
  readonly mixed: boolean;
}

interface Phase {
  readonly requests: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

interface ActivationFigures {
  readonly items: number;
  readonly perSecond: number;
  readonly activations: number;
  readonly errors: number;
  readonly mixed: number;
  /** From the pointer's move to the first answer of the version it names, median. */
  readonly foundMs: number;
  readonly before: Phase;
  readonly during: Phase;
  readonly after: Phase;
}

interface Options {
  readonly items: readonly number[];
  readonly rate: number;
  readonly activations: number;
  readonly json: boolean;
}

/** `items` is the size of a synthetic catalogue with the shipped models; 0 is the shipped one. */
async function measureActivation(
  items: number,
  shipped: Artefacts,
  { rate: wanted, activations, json }: Options,
): Promise<ActivationFigures> {
  const made = items === 0 ? shipped : { ...makeCatalogue(items, NEIGHBOURS), encoder: shipped.encoder, ranker: shipped.ranker };
  const artefacts = await withRecordedStart(made);
  const renamed = { ...artefacts, items: artefacts.items.map((item) => ({ ...item, title: `${MARK}${item.title}` })) };
  const stateFolder = await mkdtemp(join(tmpdir(), 'edgewise-activation-'));
  const versions = await publishBoth(stateFolder, artefacts, renamed);
  const instance = await startInstance(stateFolder, { vars: { SNAPSHOT_CHECK_MS: String(CHECK_MS) } });
  try {
    const route = makeRoutes(instance, artefacts).find(({ name }) => name === recommendationsOf(HEADLINE_LENGTH))!;
    await warmUp(route, WARM_UP_REQUESTS);
    const { [route.name]: capacity } = await measureThroughput([route], { rounds: 1, blockMs: CAPACITY_MS }, () => undefined);
    const rate = Math.min(wanted, Math.floor(LOAD_MOST * capacity!));
    const moves: { atMs: number; version: string }[] = [];
    const { samples, errors } = await withProgress(`${count(artefacts.items.length)} items`, 'activations', json, async (onMove) => {
      const sending = sendAll(route, rate, BEFORE_MS + PERIOD_MS * activations, versions[1].version);
      for (let at = 0; at < activations; at++) {
        await sleep(at === 0 ? BEFORE_MS : PERIOD_MS);
        const reference = versions[(at + 1) % 2]!;
        moves.push({ atMs: performance.now(), version: reference.version });
        await instance.point(reference);
        onMove(at + 1, activations);
      }
      return sending;
    });
    return { items: artefacts.items.length, perSecond: rate, activations, errors, ...describe(samples, moves) };
  } finally {
    await instance.stop();
    await rm(stateFolder, { recursive: true });
  }
}

/** Two versions in one store, the first of them live. */
async function publishBoth(stateFolder: string, first: Artefacts, second: Artefacts): Promise<[SnapshotReference, SnapshotReference]> {
  const instance = await startInstance(stateFolder);
  try {
    const later = await instance.publish(second);
    return [await instance.publish(first), later];
  } finally {
    await instance.stop();
  }
}

async function sendAll(route: Route, rate: number, forMs: number, renamed: string): Promise<{ samples: Sample[]; errors: number }> {
  const pool = await ConnectionPool.open(route.url, CONNECTIONS);
  const samples: Sample[] = [];
  let errors = 0;
  const startMs = performance.now();
  await sendAtRate(rate, Math.round((rate * forMs) / 1_000), async (nth) => {
    const dueMs = startMs + (1_000 * nth) / rate;
    try {
      const body = await pool.send(route.requests[nth % route.requests.length]!);
      samples.push({ dueMs, ms: performance.now() - dueMs, ...judge(body, renamed) });
    } catch {
      errors++;
    }
  });
  pool.close();
  return { samples, errors };
}

/** The version an answer says it is of, and whether any of its titles is of the other; a degraded answer counts as mixed too: nothing is missing here. */
function judge(body: Buffer, renamed: string): Pick<Sample, 'version' | 'mixed'> {
  const { snapshot, items, degraded } = JSON.parse(body.toString()) as {
    snapshot: string | null;
    items: { title: string }[];
    degraded: string[];
  };
  const isRenamed = snapshot === renamed;
  const mixed = degraded.length > 0 || items.length === 0 || items.some(({ title }) => title.startsWith(MARK) !== isRenamed);
  return { version: snapshot, mixed };
}

function describe(samples: readonly Sample[], moves: readonly { atMs: number; version: string }[]) {
  const swaps = moves.map(({ atMs, version }, at) => {
    const until = moves[at + 1]?.atMs ?? Infinity;
    const own = samples.filter(({ dueMs }) => dueMs >= atMs && dueMs < until);
    const old = own.filter((sample) => sample.version !== version);
    const first = own.filter((sample) => sample.version === version).map(({ dueMs, ms }) => dueMs + ms);
    const endMs = Math.max(atMs, ...old.map(({ dueMs, ms }) => dueMs + ms)) + AFTERMATH_MS;
    return { atMs, endMs, foundMs: Math.min(...first) - atMs };
  });
  const inSwap = ({ dueMs }: Sample) => swaps.some(({ atMs, endMs }) => dueMs >= atMs && dueMs < endMs);
  const firstMs = moves[0]!.atMs;
  return {
    mixed: samples.filter(({ mixed }) => mixed).length,
    foundMs: quantile(
      swaps.map(({ foundMs }) => foundMs),
      0.5,
    ),
    before: phaseOf(samples.filter(({ dueMs }) => dueMs < firstMs)),
    during: phaseOf(samples.filter((sample) => inSwap(sample))),
    after: phaseOf(samples.filter((sample) => sample.dueMs >= firstMs && !inSwap(sample))),
  };
}

function phaseOf(samples: readonly Sample[]): Phase {
  const ms = samples.map((sample) => sample.ms);
  if (ms.length === 0) throw new Error('a phase has no requests: the machine does not bear this rate, ask for a lower --rate');
  return { requests: ms.length, p50: quantile(ms, 0.5), p90: quantile(ms, 0.9), p99: quantile(ms, 0.99), max: Math.max(...ms) };
}

async function run(options: Options): Promise<void> {
  const machine = describeMachine();
  const shipped = await readArtefacts(MODEL);
  buildWorker();
  const figures: ActivationFigures[] = [];
  for (const items of options.items) figures.push(await measureActivation(items, shipped, options));
  const result = { date: new Date().toISOString(), machine, versions: readVersions(), figures };
  await writeFile(RESULT, `${JSON.stringify(result, null, 2)}\n`);
  printResult(result, options.json, () => table([HEAD, ...figures.flatMap(rowsOf)]));
}

const HEAD = [
  'items',
  'requests/s',
  'activations',
  'errors',
  'mixed',
  'found ms',
  '',
  'requests',
  'p50 ms',
  'p90',
  'p99',
  'max',
  'p99 over before',
];

function rowsOf({ items, perSecond, activations, errors, mixed, foundMs, ...phases }: ActivationFigures): string[][] {
  return (['before', 'during', 'after'] as const).map((name, at) => {
    const { requests, p50, p90, p99, max } = phases[name];
    const head =
      at === 0 ? [count(items), count(perSecond), String(activations), count(errors), count(mixed), foundMs.toFixed(0)] : Array(6).fill('');
    return [...head, name, count(requests), ...[p50, p90, p99, max].map((ms) => ms.toFixed(2)), (p99 / phases.before.p99).toFixed(2)];
  });
}

const parseSizes = (text: string): number[] => text.split(',').map((size) => (size === 'shipped' ? 0 : parsePositive(size)));

const program = new Command('bench:activation')
  .description('activate versions while requests come at a fixed rate; writes bench/results/activation.json')
  .option('--items <counts>', 'sizes of catalogues, divided by commas; "shipped" is the one of the demo', parseSizes, [0, 12_000, 50_000])
  .option('--rate <requests>', 'requests a second, or 60 % of what the machine bears if that is less', parsePositive, 500)
  .option('--activations <count>', 'how often another version is made live', parsePositive, 8)
  .option(...JSON_OPTION, false)
  .action(tellingFaults(run));
await program.parseAsync();
