import { sendNth } from './latency.ts';
import { ConnectionPool } from './pool.ts';
import type { Route } from './routes.ts';
import { median } from './statistics.ts';

export interface ThroughputPlan {
  readonly rounds: number;
  readonly blockMs: number;
}

/** Requests a second, by name of the route. */
export type RateByRoute = Readonly<Record<string, number>>;

export const CONNECTIONS = 16;

/** Of every route, at fixed concurrency: `CONNECTIONS` connections, one block a round. */
export async function measureThroughput(
  routes: readonly Route[],
  { rounds, blockMs }: ThroughputPlan,
  onRound: () => void,
): Promise<RateByRoute> {
  const measured = await Promise.all(
    routes.map(async (route) => ({ route, pool: await ConnectionPool.open(route.url, CONNECTIONS), rates: [] as number[] })),
  );
  try {
    for (let round = 0; round < rounds; round++) {
      for (const { route, pool, rates } of measured) rates.push(await rateOf(pool, route, blockMs));
      onRound();
    }
  } finally {
    for (const { pool } of measured) pool.close();
  }
  return Object.fromEntries(measured.map(({ route, rates }) => [route.name, median(rates)]));
}

/** Requests a second, with every connection sending its next one as soon as it has its answer. */
async function rateOf(pool: ConnectionPool, route: Route, forMs: number): Promise<number> {
  const startMs = performance.now();
  let sent = 0;
  const loop = async () => {
    while (performance.now() - startMs < forMs) await sendNth(pool, route, sent++);
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, loop));
  return (1000 * sent) / (performance.now() - startMs);
}
