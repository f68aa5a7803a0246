import type { Artefacts } from '../src/catalog/snapshot.ts';
import { measureFixedRate, type FixedRateFigures, type FixedRatePlan } from './fixed-rate.ts';
import type { Instance } from './instance.ts';
import { measureLatency, type LatencyByRoute, type LatencyPlan } from './latency.ts';
import { EMPTY, EMPTY_WITH_BODY, HEADLINE_LENGTH, makeRoutes, recommendationsOf } from './routes.ts';
import { measureThroughput, type RateByRoute, type ThroughputPlan } from './throughput.ts';

export interface WarmPlan {
  readonly latency: LatencyPlan;
  readonly throughput: ThroughputPlan;
  readonly fixedRate: FixedRatePlan;
}

export interface WarmFigures {
  /** One connection, one request at a time, on workerd's own socket. */
  readonly direct: LatencyByRoute;
  /** The same through Miniflare's entry Worker. */
  readonly throughEntry: LatencyByRoute;
  /** On `CONNECTIONS` connections, on workerd's own socket. */
  readonly throughput: RateByRoute;
  /** The same socket. */
  readonly fixedRate: readonly FixedRateFigures[];
}

const COMPARED_UNDER_LOAD = new Set([EMPTY, EMPTY_WITH_BODY, recommendationsOf(HEADLINE_LENGTH)]);

/** Measures an instance with a published snapshot. */
export async function measureWarm(
  instance: Instance,
  artefacts: Artefacts,
  { latency, throughput, fixedRate }: WarmPlan,
  onRound: (done: number, total: number) => void,
): Promise<WarmFigures> {
  const total = 2 * latency.rounds + throughput.rounds + fixedRate.perSecond.length * fixedRate.rounds;
  let done = 0;
  const onEach = () => onRound(++done, total);
  const routes = makeRoutes(instance, artefacts);
  const underLoad = routes.filter(({ name }) => COMPARED_UNDER_LOAD.has(name));
  return {
    direct: await measureLatency(routes, latency, onEach),
    throughEntry: await measureLatency(makeRoutes(instance, artefacts, instance.throughEntry), latency, onEach),
    throughput: await measureThroughput(underLoad, throughput, onEach),
    fixedRate: await measureFixedRate(underLoad, fixedRate, onEach),
  };
}
