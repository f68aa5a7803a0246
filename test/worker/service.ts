import { env } from 'cloudflare:workers';
import type { Feed } from '../../src/catalog/feeds/feed.ts';
import { FeedPulls } from '../../src/catalog/feeds/pulls.ts';
import { Catalogue } from '../../src/catalog/items/catalogue.ts';
import { OverlayPublisher } from '../../src/catalog/overlay/overlay-publisher.ts';
import { Refreshes } from '../../src/catalog/refresh/refreshes.ts';
import type { SnapshotStorage, WritableStorage } from '../../src/catalog/storage.ts';
import { SnapshotStore } from '../../src/catalog/store.ts';
import type { Caller } from '../../src/domain/caller.ts';
import type { ErrorCode } from '../../src/domain/errors.ts';
import { INTERACTION_WEIGHTS, type InteractionWeights } from '../../src/domain/interaction.ts';
import { DEFAULT_TENANT, prefixOf } from '../../src/domain/tenant.ts';
import { Counters } from '../../src/feedback/counters.ts';
import { DeadLetters } from '../../src/feedback/dead-letters.ts';
import { TrainingLog } from '../../src/feedback/log.ts';
import { Explanations, type PrefetchMessage } from '../../src/explain/explanations.ts';
import { Experiments } from '../../src/experiments/store.ts';
import { parseStoredExperiment } from '../../src/http/experiment-body.ts';
import { createApp } from '../../src/http/app.ts';
import { Readings, type ReadingMessage } from '../../src/intent/reading/readings.ts';
import { Tokens } from '../../src/http/auth/tokens.ts';
import type { Services } from '../../src/http/services.ts';
import { createScanner } from '../../src/kernel/scan.ts';
import scan from '../../src/kernel/scan.wasm';
import { ENCODER_IO } from '../../src/model/encoder.ts';
import { FEATURES } from '../../src/model/features.ts';
import type { ScoringWeights } from '../../src/model/manifest.ts';
import { RANKER_IO } from '../../src/model/ranker.ts';
import { weigh } from '../../src/recommend/score.ts';
import type { Model } from '../../src/model/runtime.ts';
import { rememberCounters, type Counters as CounterStore } from '../../src/recommend/counts.ts';
import type { RerankingMessage } from '../../src/recommend/reranking/queue.ts';
import { Rerankings } from '../../src/recommend/reranking/rerankings.ts';
import { Serving, type Engine } from '../../src/recommend/serving.ts';
import { durableSessions, type Sessions } from '../../src/session/sessions.ts';
import { model } from './model.ts';

export const CHECK_EVERY_MS = 30_000;
/** Far from now: an alarm that a test sets never goes off by itself. */
export const START_MS = Date.parse('2126-11-24T09:00:00Z');

const SECRET = 'a secret for tests, and for tests only';

const readerFor = (tenant: string): SnapshotStorage => ({
  read: (key, cacheSeconds) => env.SNAPSHOTS.get(prefixOf(tenant) + key, { type: 'arrayBuffer', cacheTtl: cacheSeconds }),
});

/** Without copies near the reader: what was written is read. */
function writerFor(tenant: string): WritableStorage {
  const prefix = prefixOf(tenant);
  return {
    read: (key) => env.SNAPSHOTS.get(prefix + key, { type: 'arrayBuffer' }),
    write: (key, value) => env.SNAPSHOTS.put(prefix + key, value),
    delete: async (keys) => void (await Promise.all(keys.map((key) => env.SNAPSHOTS.delete(prefix + key)))),
    list: async (wanted) => (await env.SNAPSHOTS.list({ prefix: prefix + wanted })).keys.map(({ name }) => name.slice(prefix.length)),
  };
}

export const kvStorage = readerFor(DEFAULT_TENANT);
export const kvWriter = writerFor(DEFAULT_TENANT);

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
  readonly counters?: CounterStore;
  /** null where no secret is set. */
  readonly tokens?: Tokens | null;
  readonly caller?: Caller;
  readonly guard?: Services['guard'];
  readonly tenant?: string;
  readonly queue?: Services['queue'];
  /** Whether there is a language model: see `model.ts`. */
  readonly explaining?: boolean;
  readonly feeds?: readonly Feed[];
  /** Whether it calls tools. */
  readonly talking?: boolean;
}

/** The service as `worker.ts` composes it, with a stand-in for ONNX Runtime and a clock that stands until it is moved. */
export function startService({
  tenant = DEFAULT_TENANT,
  storage = readerFor(tenant),
  openModel = openMean,
  newId = () => 'r-1',
  sessions = durableSessions(env.SESSIONS, tenant),
  weights = INTERACTION_WEIGHTS,
  counters = new Counters(env.FEEDBACK, tenant),
  tokens = new Tokens(SECRET),
  queue = env.INTERACTIONS,
  guard = { access: 'open', rateLimits: false },
  caller = { role: 'server', tenant, key: null },
  explaining = false,
  feeds = [],
  talking = false,
}: ServiceOptions = {}) {
  const clock = { nowMs: START_MS, ticks: 0 };
  const store = new SnapshotStore<Serving>({
    tenant,
    storage,
    checkEveryMs: CHECK_EVERY_MS,
    prepare: async (snapshot, before) => {
      const serving = new Serving(snapshot, { openScanner: (vectors) => createScanner(scan, vectors), openModel }, before);
      if (before?.encoderReady) await serving.startEncoder(clock.nowMs);
      return serving;
    },
    amend: (serving, snapshot) => serving.amended(snapshot),
  });
  const writer = writerFor(tenant);
  const catalogue = new Catalogue(env.FEEDBACK, tenant);
  const overlay = new OverlayPublisher({
    storage: writer,
    catalogue,
    base: () => store.base,
    onPublished: (published) => store.follow(published),
  });
  const prefetches: PrefetchMessage[] = [];
  const explanations = new Explanations({
    tenant,
    enabled: explaining,
    read: (key) => env.EXPLANATIONS.get(key),
    explain: async (key, brief, caller) => env.EXPLANATION_OBJECTS.getByName(key).explain(key, brief, caller),
    send: async (message) => prefetches.push(message),
    isReady: (request, caller) => model.isReady(request, caller),
    nowMs: () => clock.nowMs,
  });
  const readingMessages: ReadingMessage[] = [];
  const readings = new Readings({
    tenant,
    enabled: explaining,
    recall: (key) => env.EXPLANATIONS.get(key),
    read: async (key, task, caller) => env.READING_OBJECTS.getByName(key).read(key, task, caller),
    send: async (message) => readingMessages.push(message),
    isReady: (request, caller) => model.isReady(request, caller),
    nowMs: () => clock.nowMs,
  });
  const rerankingMessages: RerankingMessage[] = [];
  const rerankings = new Rerankings({
    tenant,
    enabled: explaining,
    isDue: (user) => sessions.askReranking(user, clock.nowMs),
    send: async (message) => rerankingMessages.push(message),
    isReady: (request, caller) => model.isReady(request, caller),
  });
  const services: Services = {
    tenant,
    store,
    storage: writer,
    catalogue,
    overlay,
    feeds: { configured: { feeds }, pulls: new FeedPulls(env.FEEDBACK, tenant) },
    refresher: { refreshes: new Refreshes(env.FEEDBACK, tenant), run: (id) => env.REFRESH.create({ id, params: { tenant } }) },
    sessions,
    weights,
    counters: rememberCounters(counters),
    experiments: new Experiments(env.FEEDBACK, tenant, parseStoredExperiment),
    tokens: tokens ?? undefined,
    deadLetters: new DeadLetters(env.FEEDBACK, tenant),
    log: new TrainingLog(env.LOG, tenant),
    queue,
    guard,
    explanations,
    readings,
    rerankings,
    talker: talking ? model : undefined,
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
    const response = await app.fetch(new Request(`https://shop.test${path}`, init), { caller }, context);
    while (left.length > 0) await left.shift();
    return response;
  }

  return {
    app,
    store,
    explanations,
    prefetches,
    readings,
    readingMessages,
    rerankingMessages,
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
