/**
 * `npm run bench:sizes`: what an answer takes in catalogues of different sizes, beside an empty route and the same question asked of
 * plain JavaScript in the same isolate. The catalogues are synthetic; encoder and ranker are the shipped ones.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import type { Artefacts } from '../src/catalog/snapshot.ts';
import { parsePositive } from '../src/cli/options.ts';
import { count, JSON_OPTION, printResult, table } from '../src/cli/output.ts';
import { startProgress } from '../src/cli/progress.ts';
import { readArtefacts } from '../src/training/artefacts.ts';
import { withRecordedStart } from '../src/training/record-start.ts';
import { buildWorker } from './build.ts';
import { makeCatalogue } from './catalogue.ts';
import { encodePost } from './client.ts';
import { tellingFaults } from './faults.ts';
import { makeHistories } from './histories.ts';
import { startInstance } from './instance.ts';
import { describeMachine, readVersions } from './machine.ts';
import { EMPTY, LIMIT, makeRoutes, recommendationsOf, type Route } from './routes.ts';
import { CONNECTIONS, measureLatency, measureThroughput, type LatencyByRoute, type WarmPlan } from './warm.ts';

const MODEL = process.env['EDGEWISE_BENCH_MODEL'] ?? 'models/online-retail';
const RESULTS = new URL('results/sizes.json', import.meta.url);
const SIZES = [4_000, 12_000, 50_000, 200_000];
/** Of an item in each of the three tables. */
const NEIGHBOURS = 50;
const HISTORY_LENGTH = 50;
const RECOMMENDATIONS = recommendationsOf(HISTORY_LENGTH);
const PLAIN = 'plain JavaScript over float32';

const FULL: WarmPlan = { rounds: 20, warmUpRequests: 1_000, blockRequests: 50, blockMs: 500 };
const QUICK: WarmPlan = { rounds: 4, warmUpRequests: 300, blockRequests: 25, blockMs: 200 };

interface SizeFigures {
  readonly items: number;
  readonly latency: LatencyByRoute;
  /** Requests a second, by name of the route. */
  readonly throughput: Readonly<Record<string, number>>;
  /** Of the workerd process after the measurement, code and WebAssembly included; null where it cannot be read. */
  readonly residentMb: number | null;
  /** The same before it answered anything. */
  readonly idleMb: number | null;
}

interface SizesOptions {
  readonly sizes: readonly number[];
  readonly quick: boolean;
  readonly json: boolean;
}

async function run({ sizes, quick, json }: SizesOptions): Promise<void> {
  const machine = describeMachine();
  const { encoder, ranker } = await readArtefacts(MODEL);
  buildWorker();
  const figures: SizeFigures[] = [];
  for (const items of sizes) {
    const artefacts = await withRecordedStart({ ...makeCatalogue(items, NEIGHBOURS), encoder, ranker });
    figures.push(await measureSize(artefacts, quick ? QUICK : FULL, json));
  }
  const results = { date: new Date().toISOString(), machine, versions: readVersions(), quick, figures, ratios: ratiosOf(figures) };
  await mkdir(new URL('.', RESULTS), { recursive: true });
  await writeFile(RESULTS, `${JSON.stringify(results, null, 2)}\n`);
  printResult(results, json, ({ figures: each }) => describe(each));
}

async function measureSize(artefacts: Artefacts, plan: WarmPlan, silent: boolean): Promise<SizeFigures> {
  const items = artefacts.model.items;
  const stateFolder = await mkdtemp(join(tmpdir(), 'edgewise-sizes-'));
  const progress = startProgress(`${count(items)} items`, 'rounds', { silent });
  const instance = await startInstance(stateFolder);
  try {
    const idleMb = instance.residentMb() ?? null;
    await instance.publish(artefacts);
    const routes = routesOf(instance.direct, artefacts);
    let done = 0;
    const onRound = () => progress.update(++done, 2 * plan.rounds);
    const latency = await measureLatency(instance, instance.direct, routes, plan, onRound);
    const throughput = await measureThroughput(instance.direct, routes, plan, onRound);
    return { items, latency, throughput, idleMb, residentMb: instance.residentMb() ?? null };
  } finally {
    progress.stop();
    await instance.stop();
    await rm(stateFolder, { recursive: true });
  }
}

function routesOf(url: URL, artefacts: Artefacts): Route[] {
  const histories = makeHistories(artefacts, HISTORY_LENGTH);
  const asked = histories.map((history) => encodePost(url, '/bench/plain', { history, limit: LIMIT, items: artefacts.model.items }));
  return [
    ...makeRoutes(url, artefacts).filter(({ name }) => name === EMPTY || name === RECOMMENDATIONS),
    { name: PLAIN, requests: asked, isFull: () => true },
  ];
}

/** `<what>.items<count>`: recommendations over the empty route, and over plain JavaScript where it says so. */
function ratiosOf(figures: readonly SizeFigures[]): Record<string, number> {
  const entries = figures.flatMap(({ items, latency, throughput }): [string, number][] => [
    [`warm.p50.items${items}`, latency[RECOMMENDATIONS]!.p50 / latency[EMPTY]!.p50],
    [`throughput.items${items}`, throughput[RECOMMENDATIONS]! / throughput[EMPTY]!],
    [`throughput.overPlain.items${items}`, throughput[RECOMMENDATIONS]! / throughput[PLAIN]!],
  ]);
  return Object.fromEntries(entries);
}

function describe(figures: readonly SizeFigures[]): string[] {
  const rows = figures.flatMap(({ items, latency, throughput, residentMb, idleMb }) =>
    Object.entries(latency).map(([name, { p50, p90, p99, cpuMs }]) => [
      count(items),
      name,
      ...[p50, p90, p99].map((ms) => ms.toFixed(3)),
      cpuMs?.toFixed(3) ?? 'unknown',
      count(Math.round(throughput[name]!)),
      name === RECOMMENDATIONS && residentMb !== null && idleMb !== null ? `${residentMb.toFixed(0)} (${idleMb.toFixed(0)} idle)` : '',
    ]),
  );
  return table([['items', 'route', 'p50 ms', 'p90', 'p99', 'CPU ms', `requests/s at ${CONNECTIONS}`, 'MB of workerd'], ...rows]);
}

const parseSizes = (text: string): number[] => text.split(',').map(parsePositive);

const program = new Command('bench:sizes')
  .description('measure recommendations in synthetic catalogues of several sizes, in workerd; writes bench/results/sizes.json')
  .addOption(new Option('--sizes <counts>', 'of items, divided by commas').argParser(parseSizes).default(SIZES, SIZES.join()))
  .option('--quick', 'a short run, for a look', false)
  .option(...JSON_OPTION, false)
  .action(tellingFaults(run));
await program.parseAsync();
