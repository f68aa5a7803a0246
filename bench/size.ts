/**
 * Catalogues of different sizes, synthetic with the shipped encoder and ranker: what an answer takes, beside an empty route and the nearest
 * items to the same history found in other ways, in the same isolate and the same rounds.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Artefacts } from '../src/catalog/snapshot.ts';
import { withRecordedStart } from '../src/training/record-start.ts';
import { makeCatalogue } from './catalogue.ts';
import { makeHistories } from './histories.ts';
import { startInstance, type Instance } from './instance.ts';
import { measureIsolateMemory, type IsolateMemory } from './isolate-memory.ts';
import { measureLatency, warmUp, type LatencyByRoute, type LatencyPlan } from './latency.ts';
import { EMPTY, LIMIT, makeRoute, recommendationsOf, type Route } from './routes.ts';
import { measureThroughput, type RateByRoute, type ThroughputPlan } from './throughput.ts';

/** Of an item in each of the three tables. */
const NEIGHBOURS = 50;
const HISTORY_LENGTH = 50;
export const RECOMMENDATIONS = recommendationsOf(HISTORY_LENGTH);
export const PLAIN = 'nearest by plain JavaScript over float32';
export const SCAN = 'nearest by the scan alone';
export const ORAMA = 'nearest by Orama';
/** The size that the others are compared at; Orama, which takes milliseconds, only there. */
export const COMPARED_ITEMS = 12_000;

export interface SizePlan {
  readonly latency: LatencyPlan;
  readonly throughput: ThroughputPlan;
}

export interface SizeFigures {
  readonly items: number;
  readonly latency: LatencyByRoute;
  readonly throughput: RateByRoute;
  /** Of the workerd process when it has answered recommendations under load, and nothing else yet, code and WebAssembly included; null where it cannot be read. */
  readonly residentMb: number | null;
  /** The same before it answered anything. */
  readonly idleMb: number | null;
  /** Of the isolate alone. */
  readonly isolate: IsolateMemory;
}

/** `shipped` is a model with the encoder and the ranker to take. */
export async function measureSize(
  items: number,
  shipped: Pick<Artefacts, 'encoder' | 'ranker'>,
  plan: SizePlan,
  onRound: (done: number, total: number) => void,
): Promise<SizeFigures> {
  const { encoder, ranker } = shipped;
  const artefacts = await withRecordedStart({ ...makeCatalogue(items, NEIGHBOURS), encoder, ranker });
  const stateFolder = await mkdtemp(join(tmpdir(), 'edgewise-size-'));
  await publishInto(stateFolder, artefacts);
  try {
    const figures = await measureAnswers(stateFolder, artefacts, plan, onRound);
    // As a refresh makes one: an item more changes every part.
    const next = { ...makeCatalogue(items + 1, NEIGHBOURS), encoder, ranker, start: artefacts.start! };
    const isolate = await measureIsolateMemory(stateFolder, next, (of) => ({
      asked: routesOf(of, artefacts).find(({ name }) => name === RECOMMENDATIONS)!,
      wasm: makeRoute('memories of WebAssembly', of, '/bench/wasm-memory', [{}]),
    }));
    return { items, ...figures, isolate };
  } finally {
    await rm(stateFolder, { recursive: true });
  }
}

async function measureAnswers(
  stateFolder: string,
  artefacts: Artefacts,
  plan: SizePlan,
  onRound: (done: number, total: number) => void,
): Promise<Omit<SizeFigures, 'items' | 'isolate'>> {
  const instance = await startInstance(stateFolder);
  try {
    const idleMb = instance.residentMb() ?? null;
    const routes = routesOf(instance, artefacts);
    const residentMb = await residentMbUnderLoad(
      instance,
      routes.find(({ name }) => name === RECOMMENDATIONS)!,
      plan,
    );
    let done = 0;
    const onEach = () => onRound(++done, plan.latency.rounds + plan.throughput.rounds);
    const latency = await measureLatency(routes, plan.latency, onEach);
    const throughput = await measureThroughput(routes, plan.throughput, onEach);
    return { latency, throughput, idleMb, residentMb };
  } finally {
    await instance.stop();
  }
}

/** By a process of its own: what is written to KV passes through the memory of the one that simulates it. */
async function publishInto(stateFolder: string, artefacts: Artefacts): Promise<void> {
  const instance = await startInstance(stateFolder);
  try {
    await instance.publish(artefacts);
  } finally {
    await instance.stop();
  }
}

function routesOf(instance: Instance, artefacts: Artefacts): Route[] {
  const { items } = artefacts.model;
  const histories = makeHistories(artefacts, HISTORY_LENGTH);
  const bodies = histories.map((history) => ({ history, limit: LIMIT }));
  const asked = bodies.map((body) => ({ ...body, items }));
  return [
    makeRoute(EMPTY, instance, '/bench/empty', [{}]),
    makeRoute(RECOMMENDATIONS, instance, '/v1/recommendations', bodies),
    makeRoute(PLAIN, instance, '/bench/nearest/plain', asked),
    makeRoute(SCAN, instance, '/bench/nearest/scan', asked),
    ...(items === COMPARED_ITEMS ? [makeRoute(ORAMA, instance, '/bench/nearest/orama', asked)] : []),
  ];
}

/** Read before the others have their indexes in the same process. */
async function residentMbUnderLoad(instance: Instance, recommendations: Route, { latency, throughput }: SizePlan): Promise<number | null> {
  await warmUp(recommendations, latency.warmUpRequests);
  await measureThroughput([recommendations], throughput, () => undefined);
  return instance.residentMb() ?? null;
}
