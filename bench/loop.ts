/** `npm run bench:loop`: from an interaction to the next recommendation: what is lost, what it takes, what it costs. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { parsePositive } from '../src/cli/options.ts';
import { count, JSON_OPTION, printResult, table } from '../src/cli/output.ts';
import { startProgress } from '../src/cli/progress.ts';
import type { Recommendation } from '../src/domain/recommendation.ts';
import { readArtefacts } from '../src/training/artefacts.ts';
import { buildWorker } from './build.ts';
import { Connection, encodePost } from './client.ts';
import { tellingFaults } from './faults.ts';
import { makeHistories } from './histories.ts';
import { startInstance } from './instance.ts';
import { CPU_PRICE, PRICED, PRICES, type Priced } from './prices.ts';
import { MODEL } from './model.ts';
import { LIMIT } from './routes.ts';
import { latencyOf, timed, type Latency } from './statistics.ts';

const CONNECTIONS = 16;
/** Interactions of one user, each followed by a recommendation. */
const ROUNDS = 20;
/** What a user did before. */
const HISTORY_LENGTH = 5;
/** The queue sends a batch after five seconds; counters are read when it has. */
const SETTLE_MS = 12_000;

interface Phase {
  readonly name: string;
  readonly requests: number;
  readonly latency: Latency;
  /** Of workerd, in milliseconds a request; null where it cannot be read. */
  readonly cpuMs: number | null;
  /** A request. */
  readonly operations: Readonly<Record<Priced, number>>;
  readonly dollarsPerMillion: number;
}

async function run({ interactions, json }: { readonly interactions: number; readonly json: boolean }): Promise<void> {
  const artefacts = await readArtefacts(MODEL);
  buildWorker();
  const stateFolder = await mkdtemp(join(tmpdir(), 'edgewise-loop-'));
  const instance = await startInstance(stateFolder, { stateful: true });
  try {
    await instance.migrate();
    await instance.publish(artefacts);
    const post = (path: string, body: unknown) => encodePost(instance.direct, path, body);
    const ask = async (connection: Connection, user: string) =>
      JSON.parse((await connection.send(post('/v1/recommendations', { user, limit: LIMIT }))).toString()) as Recommendation;
    const histories = makeHistories(artefacts, HISTORY_LENGTH);
    let id = 0;
    const click = (user: string, item: string) => ({ id: `c${id++}`, user, item, type: 'click' });

    // Everybody has a past, and the encoder runs, before anything is measured.
    const users = Array.from({ length: Math.ceil(interactions / ROUNDS) }, (_, at) => `user-${at}`);
    await spread(instance.direct, users, async (connection, user, at) => {
      const past = histories[at % histories.length]!.map((item) => click(user, item));
      await connection.send(post('/v1/interactions', { interactions: past }));
    });
    await spread(instance.direct, users.slice(0, 1), async (connection, user) => {
      while ((await ask(connection, user)).degraded.length > 0) await pause(200);
    });
    const readCounts = async () => {
      const connection = await Connection.open(instance.direct);
      const counted = JSON.parse((await connection.send(post('/bench/counts', {}))).toString()) as Record<Priced, number>;
      connection.close();
      return counted;
    };

    const last = new Map<string, string>();
    let lost = 0;
    const measure = async (name: string, each: (connection: Connection, user: string) => Promise<number>): Promise<Phase> => {
      await pause(SETTLE_MS);
      await readCounts();
      const cpuBeforeMs = instance.cpuMs() ?? Number.NaN;
      const samplesMs: number[] = [];
      for (let round = 0; round < ROUNDS; round++)
        await spread(instance.direct, users, async (connection, user) => void samplesMs.push(await each(connection, user)));
      const cpuMs = (instance.cpuMs() ?? Number.NaN) - cpuBeforeMs;
      await pause(SETTLE_MS);
      return phaseOf(name, samplesMs, cpuMs, await readCounts());
    };

    const empty = await measure('empty route', (connection) => timed(() => connection.send(post('/bench/empty', {}))));
    const recommendations = await measure('recommendations of a user', async (connection, user) => {
      let answer: Recommendation | undefined;
      const ms = await timed(async () => (answer = await ask(connection, user)));
      last.set(user, answer!.items[0]!.id);
      return ms;
    });
    let done = 0;
    const progress = startProgress('the loop', 'interactions', { silent: json });
    const loop = await measure('interaction', async (connection, user) => {
      const item = last.get(user)!;
      const body = post('/v1/interactions', { interactions: [click(user, item)] });
      const ms = await timed(() => connection.send(body));
      const { items } = await ask(connection, user); // what was clicked stood on top: it is gone if the click is known
      if (items.some(({ id: shown }) => shown === item)) lost++;
      last.set(user, items[0]!.id);
      progress.update(++done, users.length * ROUNDS);
      return ms;
    }).finally(progress.stop);
    const result = { interactions: loop.requests, lost, phases: [empty, recommendations, less(loop, recommendations)] };
    printResult(result, json, () => describe(result));
  } finally {
    await instance.stop();
    await rm(stateFolder, { recursive: true, force: true });
  }
}

/** Each user by one of the connections, every connection one user after another. workerd closes what is idle, so they are new. */
async function spread(
  url: URL,
  users: readonly string[],
  each: (connection: Connection, user: string, at: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const work = async () => {
    const connection = await Connection.open(url);
    for (let at = next++; at < users.length; at = next++) await each(connection, users[at]!, at);
    connection.close();
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, work));
}

function phaseOf(name: string, samplesMs: readonly number[], totalCpuMs: number, counted: Readonly<Record<Priced, number>>): Phase {
  const requests = samplesMs.length;
  const operations = Object.fromEntries(PRICED.map((of) => [of, counted[of] / requests])) as Record<Priced, number>;
  const cpuMs = Number.isNaN(totalCpuMs) ? null : totalCpuMs / requests;
  return { name, requests, latency: latencyOf(samplesMs), cpuMs, operations, dollarsPerMillion: priceOf(operations, cpuMs) };
}

/** What the interaction alone took: each was followed by a recommendation, which was measured before. */
function less(phase: Phase, other: Phase): Phase {
  const operations = Object.fromEntries(PRICED.map((of) => [of, Math.max(0, phase.operations[of] - other.operations[of])])) as Record<
    Priced,
    number
  >;
  const cpuMs = phase.cpuMs === null || other.cpuMs === null ? null : phase.cpuMs - other.cpuMs;
  return { ...phase, operations, cpuMs, dollarsPerMillion: priceOf(operations, cpuMs) };
}

function priceOf(operations: Readonly<Record<Priced, number>>, cpuMs: number | null): number {
  return PRICED.reduce((sum, of) => sum + operations[of] * PRICES[of], (cpuMs ?? 0) * CPU_PRICE);
}

function describe({
  interactions,
  lost,
  phases,
}: {
  readonly interactions: number;
  readonly lost: number;
  readonly phases: readonly Phase[];
}): string[] {
  const ms = (value: number) => value.toFixed(2);
  return [
    `${count(lost)} of ${count(interactions)} interactions were not known to the recommendation that followed, with ${CONNECTIONS} requests at a time`,
    '',
    ...table([
      ['', 'p50 ms', 'p90', 'p99', 'CPU ms'],
      ...phases.map(({ name, latency, cpuMs }) => [
        name,
        ms(latency.p50),
        ms(latency.p90),
        ms(latency.p99),
        cpuMs === null ? '' : ms(cpuMs),
      ]),
    ]),
    '',
    ...table([
      ['operations of one request', ...phases.map(({ name }) => name)],
      ...PRICED.map((of) => [of, ...phases.map(({ operations }) => operations[of].toFixed(2))]),
      ['dollars a million requests', ...phases.map(({ dollarsPerMillion }) => dollarsPerMillion.toFixed(2))],
    ]),
    'Beyond what Workers Paid includes; without the duration of Durable Objects, which sleep between requests. The empty route is not counted.',
  ];
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const program = new Command('bench:loop')
  .description('interactions that the next recommendation must know: how many are lost, what both calls take and cost')
  .addOption(new Option('--interactions <n>', 'how many').argParser(parsePositive).default(10_000))
  .option(...JSON_OPTION, false)
  .action(tellingFaults(run));
await program.parseAsync();
