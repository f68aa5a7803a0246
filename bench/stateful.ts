/** What a session object and a language model ahead add to an answer: two instances beside each other, one of them with an endpoint. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startStandIn } from '../scripts/llm-stand-in.ts';
import type { Artefacts } from '../src/catalog/snapshot.ts';
import { Connection, encodePost } from './client.ts';
import { makeHistories } from './histories.ts';
import { startInstance, type Instance } from './instance.ts';
import { measureLatency, type LatencyByRoute, type LatencyPlan } from './latency.ts';
import { EMPTY, HEADLINE_LENGTH, LIMIT, makeRoute, recommendationsOf, type Route } from './routes.ts';
import { measureThroughput, type RateByRoute, type ThroughputPlan } from './throughput.ts';

export const USER = `recommendations of a user, session of ${HEADLINE_LENGTH}`;
export const EXPLAINED = `${recommendationsOf(HEADLINE_LENGTH)}, explanations asked for`;
export const EMPTY_WITH_MODEL = `${EMPTY}, language model`;
export const PREFETCHED = `${EXPLAINED}, language model`;

const USERS = 50;
/** The queue sends what users did after five seconds; it is written when the measurement begins. */
const SETTLE_MS = 12_000;

export interface StatefulPlan {
  readonly latency: LatencyPlan;
  readonly throughput: ThroughputPlan;
}

export interface StatefulFigures {
  readonly latency: LatencyByRoute;
  readonly throughput: RateByRoute;
  /** Explanations that the language model was asked for ahead. */
  readonly calls: number;
}

export async function measureStateful(
  artefacts: Artefacts,
  plan: StatefulPlan,
  onRound: (done: number, total: number) => void,
): Promise<StatefulFigures> {
  const stateFolder = await mkdtemp(join(tmpdir(), 'edgewise-bench-stateful-'));
  const standIn = await startStandIn();
  const instances: Instance[] = [];
  const start = async (name: string, vars: Record<string, string>) => {
    const instance = await startInstance(join(stateFolder, name), { stateful: true, vars });
    instances.push(instance);
    await instance.migrate();
    await instance.publish(artefacts);
    return instance;
  };
  try {
    const alone = await start('alone', {});
    const endpoints = [{ name: 'stand-in', region: 'bench', url: standIn.url, model: 'any' }];
    const withModel = await start('with-model', { LLM_ENDPOINTS: JSON.stringify(endpoints) });
    await giveSessions(alone, artefacts);
    await sleep(SETTLE_MS);
    let done = 0;
    const onEach = () => onRound(++done, plan.latency.rounds + plan.throughput.rounds);
    const routes = routesOf(alone, withModel, artefacts);
    return {
      latency: await measureLatency(routes, plan.latency, onEach),
      throughput: await measureThroughput(routes, plan.throughput, onEach),
      calls: standIn.calls(),
    };
  } finally {
    for (const instance of instances) await instance.stop();
    await standIn.close();
    await rm(stateFolder, { recursive: true, force: true });
  }
}

const usersOf = (artefacts: Artefacts) => makeHistories(artefacts, HEADLINE_LENGTH).slice(0, USERS);

/** Every user clicks through a history. */
async function giveSessions(instance: Instance, artefacts: Artefacts): Promise<void> {
  const connection = await Connection.open(instance.direct);
  for (const [at, history] of usersOf(artefacts).entries()) {
    const interactions = history.map((item, nth) => ({ id: `c${at}-${nth}`, user: `user-${at}`, item, type: 'click' }));
    await connection.send(encodePost(instance.direct, '/v1/interactions', { interactions }));
  }
  connection.close();
}

function routesOf(alone: Instance, withModel: Instance, artefacts: Artefacts): Route[] {
  const ask = (name: string, instance: Instance, bodies: readonly object[]) => makeRoute(name, instance, '/v1/recommendations', bodies);
  const bodies = makeHistories(artefacts, HEADLINE_LENGTH).map((history) => ({ history, limit: LIMIT }));
  const explained = bodies.map((body) => ({ ...body, explain: true }));
  const users = usersOf(artefacts).map((_, at) => ({ user: `user-${at}`, limit: LIMIT }));
  return [
    makeRoute(EMPTY, alone, '/bench/empty', [{}]),
    ask(recommendationsOf(HEADLINE_LENGTH), alone, bodies),
    ask(USER, alone, users),
    ask(EXPLAINED, alone, explained),
    makeRoute(EMPTY_WITH_MODEL, withModel, '/bench/empty', [{}]),
    ask(PREFETCHED, withModel, explained),
  ];
}
