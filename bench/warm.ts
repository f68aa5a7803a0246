import type { Artefacts } from '../src/catalog/snapshot.ts';
import { Connection } from './client.ts';
import type { Instance } from './instance.ts';
import { EMPTY, EMPTY_WITH_BODY, HEADLINE_LENGTH, makeRoutes, recommendationsOf, type Route } from './routes.ts';
import { latencyOf, median, timed, type Latency } from './statistics.ts';

/** Every route gets one block in every round: what else the machine does meanwhile falls on all of them. */
export interface WarmPlan {
  readonly rounds: number;
  /** Sent before the rounds: the compilers of JavaScript and WebAssembly go on improving hot code for thousands of requests. */
  readonly warmUpRequests: number;
  readonly blockRequests: number;
  readonly blockMs: number;
}

export interface WarmLatency extends Latency {
  /** CPU time of workerd for one request, in milliseconds; null where it cannot be read. */
  readonly cpuMs: number | null;
}

/** By name of the route. */
export type LatencyByRoute = Readonly<Record<string, WarmLatency>>;

export interface WarmFigures {
  /** One connection, one request at a time, on workerd's own socket. */
  readonly direct: LatencyByRoute;
  /** The same through Miniflare's entry Worker. */
  readonly throughEntry: LatencyByRoute;
  /** Requests a second on `CONNECTIONS` connections, on workerd's own socket, by name of the route. */
  readonly throughput: Readonly<Record<string, number>>;
}

export const CONNECTIONS = 16;
const GIVE_UP_AFTER_MS = 60_000;
const COMPARED_IN_THROUGHPUT = new Set([EMPTY, EMPTY_WITH_BODY, recommendationsOf(HEADLINE_LENGTH)]);

/** Measures an instance with a published snapshot. */
export async function measureWarm(
  instance: Instance,
  artefacts: Artefacts,
  plan: WarmPlan,
  onRound: (done: number, total: number) => void,
): Promise<WarmFigures> {
  let done = 0;
  const onEach = () => onRound(++done, 3 * plan.rounds);
  const routesAt = (url: URL) => makeRoutes(url, artefacts);
  const { direct, throughEntry } = instance;
  return {
    direct: await measureLatency(instance, direct, routesAt(direct), plan, onEach),
    throughEntry: await measureLatency(instance, throughEntry, routesAt(throughEntry), plan, onEach),
    throughput: await measureThroughput(
      direct,
      routesAt(direct).filter(({ name }) => COMPARED_IN_THROUGHPUT.has(name)),
      plan,
      onEach,
    ),
  };
}

/** Of every route, one block a round, one request at a time. */
export async function measureLatency(
  instance: Instance,
  url: URL,
  routes: readonly Route[],
  { rounds, warmUpRequests, blockRequests }: WarmPlan,
  onRound: () => void,
): Promise<LatencyByRoute> {
  const connection = await Connection.open(url);
  const measured = routes.map((route) => ({ route, samplesMs: [] as number[], cpuMs: 0 }));
  try {
    for (const route of routes) await warmUp(connection, route, warmUpRequests);
    for (let round = 0; round < rounds; round++) {
      for (const each of measured) {
        const cpuBeforeMs = instance.cpuMs() ?? NaN;
        for (let at = 0; at < blockRequests; at++)
          each.samplesMs.push(await timed(() => sendNth(connection, each.route, round * blockRequests + at)));
        each.cpuMs += (instance.cpuMs() ?? NaN) - cpuBeforeMs;
      }
      onRound();
    }
  } finally {
    connection.close();
  }
  return Object.fromEntries(
    measured.map(({ route, samplesMs, cpuMs }) => [
      route.name,
      { ...latencyOf(samplesMs), cpuMs: Number.isNaN(cpuMs) ? null : cpuMs / samplesMs.length },
    ]),
  );
}

/** Of every route: requests a second on `CONNECTIONS` connections. */
export async function measureThroughput(
  url: URL,
  routes: readonly Route[],
  { rounds, blockMs }: WarmPlan,
  onRound: () => void,
): Promise<Record<string, number>> {
  const connections = await Promise.all(Array.from({ length: CONNECTIONS }, () => Connection.open(url)));
  const measured = routes.map((route) => ({ route, rates: [] as number[] }));
  try {
    for (let round = 0; round < rounds; round++) {
      for (const { route, rates } of measured) rates.push(await rateOf(connections, route, blockMs));
      onRound();
    }
  } finally {
    for (const connection of connections) connection.close();
  }
  return Object.fromEntries(measured.map(({ route, rates }) => [route.name, median(rates)]));
}

/** Requests a second, with every connection sending its next one as soon as it has its answer. */
async function rateOf(connections: readonly Connection[], route: Route, forMs: number): Promise<number> {
  const startMs = performance.now();
  let sent = 0;
  const loop = async (connection: Connection) => {
    while (performance.now() - startMs < forMs) await sendNth(connection, route, sent++);
  };
  await Promise.all(connections.map(loop));
  return (1000 * sent) / (performance.now() - startMs);
}

/** Until there have been so many full answers. */
async function warmUp(connection: Connection, { name, requests, isFull }: Route, wanted: number): Promise<void> {
  const startMs = performance.now();
  for (let at = 0, full = 0; full < wanted; at++) {
    if (performance.now() - startMs > GIVE_UP_AFTER_MS) throw new Error(`${name}: the Worker gives no full answer`);
    if (isFull(await connection.send(requests[at % requests.length]!))) full++;
  }
}

/** A degraded answer is cheaper than what is being measured. */
async function sendNth(connection: Connection, { name, requests, isFull }: Route, at: number): Promise<void> {
  const body = await connection.send(requests[at % requests.length]!);
  if (!isFull(body)) throw new Error(`${name}: a degraded answer: ${body.toString().slice(-200)}`);
}
