import { Connection } from './client.ts';
import type { Route } from './routes.ts';
import { latencyOf, timed, type Latency } from './statistics.ts';

/** Every route gets one block in every round: what else the machine does meanwhile falls on all of them. */
export interface LatencyPlan {
  readonly rounds: number;
  /** Sent before the rounds: the compilers of JavaScript and WebAssembly go on improving hot code for thousands of requests. */
  readonly warmUpRequests: number;
  readonly blockRequests: number;
}

export interface WarmLatency extends Latency {
  /** CPU time of workerd for one request, in milliseconds; null where it cannot be read. */
  readonly cpuMs: number | null;
}

/** By name of the route. */
export type LatencyByRoute = Readonly<Record<string, WarmLatency>>;

const GIVE_UP_AFTER_MS = 60_000;

/** Of every route, wherever it is: one block a round, one request at a time on a connection of its own. */
export async function measureLatency(
  routes: readonly Route[],
  { rounds, warmUpRequests, blockRequests }: LatencyPlan,
  onRound: () => void,
): Promise<LatencyByRoute> {
  for (const route of routes) await warmUp(route, warmUpRequests);
  const measured = await Promise.all(
    routes.map(async (route) => ({ route, connection: await Connection.open(route.url), samplesMs: [] as number[], cpuMs: 0 })),
  );
  try {
    for (let round = 0; round < rounds; round++) {
      for (const each of measured) {
        const { route, connection, samplesMs } = each;
        const cpuBeforeMs = route.cpuMs() ?? NaN;
        for (let at = 0; at < blockRequests; at++)
          samplesMs.push(await timed(() => sendNth(connection, route, round * blockRequests + at)));
        each.cpuMs += (route.cpuMs() ?? NaN) - cpuBeforeMs;
      }
      onRound();
    }
  } finally {
    for (const { connection } of measured) connection.close();
  }
  return Object.fromEntries(
    measured.map(({ route, samplesMs, cpuMs }) => [
      route.name,
      { ...latencyOf(samplesMs), cpuMs: Number.isNaN(cpuMs) ? null : cpuMs / samplesMs.length },
    ]),
  );
}

/** Sends the requests of a route until there have been so many full answers. */
export async function warmUp({ name, url, requests, isFull }: Route, wanted: number): Promise<void> {
  const connection = await Connection.open(url);
  const startMs = performance.now();
  for (let at = 0, full = 0; full < wanted; at++) {
    if (performance.now() - startMs > GIVE_UP_AFTER_MS) throw new Error(`${name}: the Worker gives no full answer`);
    if (isFull(await connection.send(requests[at % requests.length]!))) full++;
  }
  connection.close();
}

/** Over a connection or a pool of them. Throws on a degraded answer, which is cheaper than what is being measured. */
export async function sendNth(
  over: { send(request: Buffer): Promise<Buffer> },
  { name, requests, isFull }: Route,
  nth: number,
): Promise<void> {
  const body = await over.send(requests[nth % requests.length]!);
  if (!isFull(body)) throw new Error(`${name}: a degraded answer: ${body.toString().slice(-200)}`);
}
