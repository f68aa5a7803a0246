import { env } from 'cloudflare:workers';
import { Catalogue } from '../../src/catalog/items/catalogue.ts';
import { OverlayPublisher } from '../../src/catalog/overlay/overlay-publisher.ts';
import { Refreshes } from '../../src/catalog/refresh/refreshes.ts';
import type { SnapshotStorage, WritableStorage } from '../../src/catalog/storage.ts';
import { SnapshotStore } from '../../src/catalog/store.ts';
import type { ErrorCode } from '../../src/domain/errors.ts';
import { INTERACTION_WEIGHTS, type InteractionWeights } from '../../src/domain/interaction.ts';
import { Counters } from '../../src/feedback/counters.ts';
import { createApp } from '../../src/http/app.ts';
import type { Services } from '../../src/http/services.ts';
import { createScanner } from '../../src/kernel/scan.ts';
import scan from '../../src/kernel/scan.wasm';
import { ENCODER_IO } from '../../src/model/encoder.ts';
import { FEATURES } from '../../src/model/features.ts';
import type { ScoringWeights } from '../../src/model/manifest.ts';
import { RANKER_IO } from '../../src/model/ranker.ts';
import { weigh } from '../../src/recommend/score.ts';
import type { Model } from '../../src/model/runtime.ts';
import type { Trends } from '../../src/recommend/trending.ts';
import { Serving, type Engine } from '../../src/recommend/serving.ts';
import { durableSessions, type Sessions } from '../../src/session/sessions.ts';

export const CHECK_EVERY_MS = 30_000;
/** Far from now: an alarm that a test sets never goes off by itself. */
export const START_MS = Date.parse('2126-11-24T09:00:00Z');

export const kvStorage: SnapshotStorage = {
  read: (key, cacheSeconds) => env.SNAPSHOTS.get(key, { type: 'arrayBuffer', cacheTtl: cacheSeconds }),
};

export const kvWriter: WritableStorage = {
  ...kvStorage,
  read: (key) => env.SNAPSHOTS.get(key, { type: 'arrayBuffer' }),
  write: (key, value) => env.SNAPSHOTS.put(key, value),
  delete: async (keys) => void (await Promise.all(keys.map((key) => env.SNAPSHOTS.delete(key)))),
  list: async (prefix) => (await env.SNAPSHOTS.list({ prefix })).keys.map(({ name }) => name),
};

/** Unpublishes everything. */
export async function clearStorage(): Promise<void> {
  const { keys } = await env.SNAPSHOTS.list();
  await Promise.all(keys.map(({ name }) => env.SNAPSHOTS.delete(name)));
}

const EVERY_FEATURE = Object.fromEntries(FEATURES.map(({ name }) => [name, 1])) as ScoringWeights;

/** A stand-in for both models: the user is the mean of the history, a score the sum of the features. */
export async function openMean(): Promise<Model> {
  return {
    async run({ [ENCODER_IO.rows]: rows, [RANKER_IO.features]: features }) {
      if (features) return weigh(features.data, EVERY_FEATURE);
      const [length, dims] = rows!.shape as [number, number];
      return Float32Array.from({ length: dims }, (_, d) => {
        let sum = 0;
        for (let at = 0; at < length; at++) sum += rows!.data[at * dims + d]!;
        return sum / length;
      });
    },
    release: async () => undefined,
  };
}

interface ServiceOptions {
  readonly storage?: SnapshotStorage;
  readonly openModel?: Engine['openModel'];
  readonly newId?: () => string;
  readonly sessions?: Sessions;
  readonly weights?: InteractionWeights;
  readonly trends?: Trends;
}

/** The service as `worker.ts` composes it, with a stand-in for ONNX Runtime and a clock that stands until it is moved. */
export function startService({
  storage = kvStorage,
  openModel = openMean,
  newId = () => 'r-1',
  sessions = durableSessions(env.SESSIONS),
  weights = INTERACTION_WEIGHTS,
  trends = new Counters(env.FEEDBACK),
}: ServiceOptions = {}) {
  const clock = { nowMs: START_MS, ticks: 0 };
  const store = new SnapshotStore<Serving>({
    storage,
    checkEveryMs: CHECK_EVERY_MS,
    prepare: async (snapshot, before) => {
      const serving = new Serving(snapshot, { openScanner: (vectors) => createScanner(scan, vectors), openModel });
      if (before?.encoderReady) await serving.startEncoder(clock.nowMs);
      return serving;
    },
    amend: (serving, snapshot) => serving.amended(snapshot),
  });
  const catalogue = new Catalogue(env.FEEDBACK, 'default');
  const overlay = new OverlayPublisher({
    storage: kvWriter,
    catalogue,
    base: () => store.base,
    onPublished: (published) => store.follow(published),
  });
  const services: Services = {
    store,
    storage: kvWriter,
    catalogue,
    overlay,
    refresher: { refreshes: new Refreshes(env.FEEDBACK, 'default'), run: (id) => env.REFRESH.create({ id }) },
    sessions,
    weights,
    trends,
    nowMs: () => clock.nowMs,
    preciseNowMs: () => clock.ticks++,
    newId,
  };
  const app = createApp(services);

  /** What is left to do after the responses. */
  const left: Promise<unknown>[] = [];
  const context = {
    waitUntil: (promise: Promise<unknown>) => void left.push(promise),
    passThroughOnException: () => undefined,
    props: {},
  };

  /** Answers a request and does what is left to do after it. */
  async function fetch(path: string, init?: RequestInit): Promise<Response> {
    const response = await app.fetch(new Request(`https://shop.test${path}`, init), env, context);
    while (left.length > 0) await left.shift();
    return response;
  }

  return {
    store,
    clock,
    left,
    overlay,
    services,
    context,
    fetch,
    get: (path: string) => fetch(path),
    post: (body: unknown) => fetch('/v1/recommendations', { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) }),
    record: (body: unknown, init: RequestInit = {}) =>
      fetch('/v1/interactions', { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body), ...init }),
  };
}

export interface ErrorBody {
  readonly error: { readonly code: ErrorCode; readonly message: string; readonly path?: string; readonly requestId: string };
}
