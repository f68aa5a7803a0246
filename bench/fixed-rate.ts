import { sendNth, warmUp } from './latency.ts';
import { sendAtRate } from './pace.ts';
import { ConnectionPool } from './pool.ts';
import type { Route } from './routes.ts';
import { latencyOf, type Latency } from './statistics.ts';
import { CONNECTIONS } from './throughput.ts';

export interface FixedRatePlan {
  /** Requests a second, each of them a column of its own. */
  readonly perSecond: readonly number[];
  readonly rounds: number;
  readonly blockMs: number;
}

export interface FixedRateFigures {
  readonly perSecond: number;
  /** From the moment a request was due, by name of the route. */
  readonly latency: Readonly<Record<string, Latency>>;
}

/** Sent before a rate is measured, for connections and caches that have rested. */
const WARM_UP_REQUESTS = 50;

/** Of every route at every rate, over at most `CONNECTIONS` connections, one block a round. */
export async function measureFixedRate(
  routes: readonly Route[],
  { perSecond, rounds, blockMs }: FixedRatePlan,
  onRound: () => void,
): Promise<FixedRateFigures[]> {
  const figures: FixedRateFigures[] = [];
  for (const rate of perSecond) {
    const samplesMs = new Map<string, number[]>(routes.map(({ name }) => [name, []]));
    for (let round = 0; round < rounds; round++) {
      for (const route of routes) {
        await warmUp(route, WARM_UP_REQUESTS);
        const pool = await ConnectionPool.open(route.url, CONNECTIONS);
        const count = Math.max(1, Math.round((rate * blockMs) / 1000));
        const block = await sendAtRate(rate, count, (nth) => sendNth(pool, route, round * count + nth)).finally(() => pool.close());
        samplesMs.get(route.name)!.push(...block);
      }
      onRound();
    }
    const latency = Object.fromEntries([...samplesMs].map(([name, samples]) => [name, latencyOf(samples)]));
    figures.push({ perSecond: rate, latency });
  }
  return figures;
}
