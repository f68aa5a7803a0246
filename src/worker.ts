/** The composition root: bindings in, handlers out. */
import onnxRuntime from 'onnxruntime-web/ort-wasm-simd-threaded.wasm';
import { tellAlertHook } from './catalog/alert.ts';
import { FeedItems } from './catalog/feeds/feed-items.ts';
import { feedsOf, type ConfiguredFeeds, type FeedEnv } from './catalog/feeds/from-env.ts';
import { pullDueFeeds, type FeedTenant } from './catalog/feeds/pull-due.ts';
import { FeedPulls } from './catalog/feeds/pulls.ts';
import { Catalogue } from './catalog/items/catalogue.ts';
import { kvStorage } from './catalog/kv-storage.ts';
import { syncVectors } from './catalog/vectors/sync-vectors.ts';
import { VectorVersions } from './catalog/vectors/vector-versions.ts';
import { OverlayPublisher } from './catalog/overlay/overlay-publisher.ts';
import { publishOverlays } from './catalog/overlay/publish-overlays.ts';
import { tenantsWithItems } from './catalog/items/tenants.ts';
import { Refreshes } from './catalog/refresh/refreshes.ts';
import { startRefresh, type RefreshStarter } from './catalog/refresh/start.ts';
import { SnapshotStore } from './catalog/store.ts';
import type { Snapshot } from './catalog/snapshot.ts';
import type { FeedbackMessage } from './domain/feedback.ts';
import { LIMITS } from './domain/limits.ts';
import { DEFAULT_TENANT, prefixOf } from './domain/tenant.ts';
import { Explanations, type PrefetchMessage } from './explain/explanations.ts';
import { ExplanationObject as ExplanationShell } from './explain/object.ts';
import { consumePrefetches } from './explain/queue.ts';
import type { FeedbackStores } from './feedback/consume.ts';
import { Counters } from './feedback/counters.ts';
import { DeadLetters } from './feedback/dead-letters.ts';
import { TrainingLog } from './feedback/log.ts';
import { Traces } from './feedback/traces.ts';
import { buryBatch, consumeBatch } from './feedback/queue.ts';
import { EdgewiseError } from './domain/errors.ts';
import type { FlightEnv } from './flight/object.ts';
import { ReadingObject as ReadingShell } from './intent/reading/object.ts';
import { consumeReadings, type Reader } from './intent/reading/queue.ts';
import { Readings, type ReadingMessage } from './intent/reading/readings.ts';
import { consumeRerankings, type Reranker, type RerankingMessage } from './recommend/reranking/queue.ts';
import { Rerankings } from './recommend/reranking/rerankings.ts';
import { Held } from './access/held.ts';
import { KEYRING_KEY } from './access/keyring.ts';
import { KeyringStore } from './access/keyring-store.ts';
import { Experiments } from './experiments/store.ts';
import { parseStoredExperiment } from './http/experiment-body.ts';
import { createApp } from './http/app.ts';
import type { Access } from './http/auth/authenticate.ts';
import { allowOrigins } from './http/auth/origins.ts';
import { Tokens } from './http/auth/tokens.ts';
import { createGate } from './http/gate.ts';
import { createScanner } from './kernel/scan.ts';
import scan from './kernel/scan.wasm';
import { languageModelOf, type LlmEnv } from './llm/from-env.ts';
import { restoreStart } from './model/recorded-start.ts';
import { openModel } from './model/runtime.ts';
import type { Services } from './http/services.ts';
import { parseWeights } from './http/weights.ts';
import { rememberCounters } from './recommend/counts.ts';
import { VectorCandidates } from './recommend/vector-candidates.ts';
import { Serving, type Engine } from './recommend/serving.ts';
import type { SessionEnv, SessionObject } from './session/object.ts';
import { currentList } from './recommend/reranking/current-list.ts';
import { durableSessions } from './session/sessions.ts';
import type { RefreshEnv, RefreshParams } from './workflow.ts';

export { GateObject } from './llm/object.ts';
export { SessionObject } from './session/object.ts';
export { RefreshWorkflow } from './workflow.ts';

/** An explanation, written by the language model of this Worker. */
export class ExplanationObject extends ExplanationShell<Env> {
  protected readonly model = languageModelOf(this.env).model;
}

/** What a text means, read by the language model of this Worker. */
export class ReadingObject extends ReadingShell<Env> {
  protected readonly model = languageModelOf(this.env).model;
}

/** How often an isolate looks for a newer version, and for changed keys. */
const CHECK_EVERY_MS = 30_000;
/** KV serves a copy of the keys for this long. */
const KEYRING_CACHE_SECONDS = 30;

/** The trigger in `wrangler.toml` that publishes the overlay; any other begins a refresh. */
const EVERY_MINUTE = '* * * * *';

/** How the name of the dead-letter queue ends. */
const DEAD_LETTERS = '-dead';
/** And that of what a language model is to do while nobody waits. */
const PREFETCHES = '-explanations';

/** What a language model is asked behind the answers. */
type WishedMessage = PrefetchMessage | ReadingMessage | RerankingMessage;

interface Env extends SessionEnv, FlightEnv, LlmEnv, RefreshEnv, FeedEnv {
  readonly SESSIONS: DurableObjectNamespace<SessionObject>;
  readonly REFRESH: Workflow<RefreshParams>;
  readonly LOG: R2Bucket;
  /** Where the transformer's candidates are found; the scan of memory finds them if absent. */
  readonly VECTORS?: Vectorize;
  readonly KEY_RATE?: RateLimit;
  readonly IP_RATE?: RateLimit;
  /** `keys`, or `open`: anybody may call everything. */
  readonly ACCESS?: string;
  /** Origins whose pages may call the service, `*` for all. */
  readonly CORS_ORIGINS?: string;
  /** What tokens of users and visitors are signed with. */
  readonly SIGNING_SECRET?: string;
  readonly EXPLANATION_OBJECTS: DurableObjectNamespace<ExplanationObject>;
  readonly READING_OBJECTS: DurableObjectNamespace<ReadingObject>;
  readonly PREFETCHES: Queue<WishedMessage>;
  /** Types of interaction beside the usual ones, with their weights: `{"wishlist": 2}`. */
  readonly INTERACTION_TYPES?: string;
  /** Overrides `CHECK_EVERY_MS`; for tests and demonstrations. */
  readonly SNAPSHOT_CHECK_MS?: string;
}

/** One an isolate: bindings do not change while it lives. */
let service: ReturnType<typeof compose> | undefined;

export default {
  fetch(request, env, context) {
    service ??= compose(env, context);
    return service.gate.fetch(request, env, context);
  },
  async queue(batch, env, context) {
    const { tenants } = (service ??= compose(env, context));
    if (batch.queue.endsWith(DEAD_LETTERS))
      return buryBatch(batch as MessageBatch<FeedbackMessage>, (tenant) => new DeadLetters(env.FEEDBACK, tenant), Date.now());
    const opened = async (tenant: string) => {
      const composed = tenants.of(tenant);
      await composed.store.open(Date.now()); // for what the catalogue says of items
      return composed;
    };
    if (batch.queue.endsWith(PREFETCHES)) {
      const { explanations, readings, rerankings } = byKind(batch.messages as readonly Message<WishedMessage>[]);
      await consumeReadings(readings, async (tenant) => readerOf(await opened(tenant))); // first: they may be of somebody who is still here
      await consumePrefetches(explanations, async (tenant) => {
        const { explanations, store } = await opened(tenant);
        return { explanations, snapshot: store.current?.snapshot };
      });
      return consumeRerankings(rerankings, async (tenant) => rerankerOf(await opened(tenant))); // last: answers are as good as before without them
    }
    return consumeBatch(batch as MessageBatch<FeedbackMessage>, async (tenant) => (await opened(tenant)).feedback);
  },
  /** Every minute: what another isolate wrote and could not publish, or what a new version lacks, is told, and feeds are pulled whose time has come. Less often: a refresh. */
  async scheduled({ cron }, env, context) {
    const { tenants, feeds } = (service ??= compose(env, context));
    if (cron !== EVERY_MINUTE) return refreshOnSchedule(tenants.of(DEFAULT_TENANT).refresher);
    await publishOverlays(await tenantsWithItems(env.FEEDBACK), (tenant) => tenants.of(tenant));
    const { indexing } = tenants.of(DEFAULT_TENANT);
    if (indexing)
      await syncVectors(indexing).catch((cause: unknown) =>
        console.error(JSON.stringify({ event: 'vectors_unwritten', error: String(cause) })),
      );
    await pullFeeds(feeds, (tenant) => tenants.of(tenant).feeding, env.ALERT_URL);
  },
} satisfies ExportedHandler<Env, FeedbackMessage | WishedMessage>;

const engine: Engine = {
  openScanner: (vectors) => createScanner(scan, vectors),
  openModel: (onnx) => openModel(onnxRuntime, onnx),
  restoreStart: (read) => restoreStart(onnxRuntime, read),
};

function compose(env: Env, context: ExecutionContext) {
  const checkEveryMs = Number(env.SNAPSHOT_CHECK_MS ?? CHECK_EVERY_MS);
  const access = parseAccess(env.ACCESS);
  const tokens = env.SIGNING_SECRET === undefined ? undefined : new Tokens(env.SIGNING_SECRET);
  const rates = { byKey: env.KEY_RATE, byIp: env.IP_RATE };
  const shared: Shared = {
    tokens,
    guard: { access, rateLimits: rates.byKey !== undefined && rates.byIp !== undefined },
    weights: parseWeights(env.INTERACTION_TYPES),
    nowMs: () => Date.now(),
    preciseNowMs: () => performance.now(),
    newId: () => crypto.randomUUID(),
  };
  const feeds = feedsOf(env);
  const tenants = new Held({
    make: (tenant) => composeTenant(tenant, env, shared, checkEveryMs, feeds),
    close: ({ store }) => store.close(),
    most: LIMITS.tenantsHeld,
  });
  // The first request waits for the catalogue: reading it begins before anything else does.
  context.waitUntil(tenants.of(DEFAULT_TENANT).store.refresh(Date.now()));
  const keyring = new KeyringStore({
    read: () => env.SNAPSHOTS.get(KEYRING_KEY, { type: 'arrayBuffer', cacheTtl: KEYRING_CACHE_SECONDS }),
    checkEveryMs,
    onStale: (reason) => console.warn(JSON.stringify({ event: 'keys_stale', reason: String(reason) })),
  });
  const origins = allowOrigins(env.CORS_ORIGINS);
  const gate = createGate({ access, keyring, tokens, rates, origins, appOf: (tenant) => tenants.of(tenant).app, nowMs: shared.nowMs });
  return { gate, tenants, feeds };
}

/** What all tenants share. */
type Shared = Pick<Services, 'tokens' | 'guard' | 'weights' | 'nowMs' | 'preciseNowMs' | 'newId'>;

/** What belongs to one tenant. */
function composeTenant(tenant: string, env: Env, shared: Shared, checkEveryMs: number, configured: ConfiguredFeeds) {
  const storage = kvStorage(env.SNAPSHOTS, prefixOf(tenant));
  const index = tenant === DEFAULT_TENANT ? env.VECTORS : undefined; // only its versions are written into it
  const vectors = index && vectorCandidatesOf(tenant, index);
  const store = new SnapshotStore<Serving>({
    storage,
    checkEveryMs,
    prepare: async (snapshot, before) => {
      const serving = new Serving(snapshot, vectors ? { ...engine, vectors } : engine);
      // A version that replaces one with a running encoder takes over with its own: no answer is degraded by a publication.
      if (before?.encoderReady) await serving.startEncoder(Date.now());
      return serving;
    },
    amend: (serving, snapshot) => serving.amended(snapshot),
    onRefused: (reason) => console.warn(JSON.stringify({ event: 'snapshot_refused', tenant, reason: String(reason) })),
  });
  const catalogue = new Catalogue(env.FEEDBACK, tenant);
  const overlay = new OverlayPublisher({
    storage,
    catalogue,
    base: () => store.base,
    onPublished: (published) => store.follow(published),
  });
  const pulls = new FeedPulls(env.FEEDBACK, tenant);
  const refresher: RefreshStarter = {
    refreshes: new Refreshes(env.FEEDBACK, tenant),
    run: (id) => env.REFRESH.create({ id, params: { tenant } }),
  };
  const counters = new Counters(env.FEEDBACK, tenant);
  const log = new TrainingLog(env.LOG, tenant);
  const deadLetters = new DeadLetters(env.FEEDBACK, tenant);
  const sessions = durableSessions(env.SESSIONS, tenant);
  const feedback: FeedbackStores = {
    counters,
    traces: new Traces(env.FEEDBACK, tenant),
    log,
    nowMs: shared.nowMs,
    newId: shared.newId,
    categoriesOf: (item) => categoriesOf(item, store.current?.snapshot),
    eraseSession: (user) => sessions.erase(user, shared.nowMs()),
  };
  const model = languageModelOf(env);
  const explanations = explanationsOf(tenant, env, model);
  const readings = readingsOf(tenant, env, model);
  const rerankings = new Rerankings({
    tenant,
    enabled: model.endpoints.length > 0,
    isDue: (user) => sessions.askReranking(user, shared.nowMs()),
    send: (message) => env.PREFETCHES.send(message),
    isReady: (request, caller) => model.model.isReady(request, caller),
  });
  const app = createApp({
    ...shared,
    store,
    storage,
    catalogue,
    overlay,
    feeds: { configured, pulls, tenant },
    refresher,
    counters: rememberCounters(counters),
    experiments: new Experiments(env.FEEDBACK, tenant, parseStoredExperiment),
    sessions,
    deadLetters,
    log,
    queue: env.INTERACTIONS,
    explanations,
    readings,
    rerankings,
    talker: model.endpoints.some(({ tools }) => tools) ? model.model : undefined,
  });
  const feeding: FeedTenant = {
    pulls,
    catalogue,
    itemsOf: (feed) => new FeedItems(env.FEEDBACK, tenant, feed),
    isServed: (id) => store.base?.rowOf.has(id) === true,
    open: () => store.open(Date.now()),
    publish: () => overlay.publish(),
  };
  const indexing = index && { tenant, storage, index, versions: new VectorVersions(env.FEEDBACK, tenant) };
  return { app, store, overlay, refresher, feedback, explanations, readings, sessions, feeding, indexing, model: model.model };
}

/** A refresh that is still running goes on, and the next trigger begins another. */
async function refreshOnSchedule(refresher: RefreshStarter): Promise<void> {
  try {
    await startRefresh(crypto.randomUUID(), refresher, Date.now());
  } catch (cause) {
    if (!(cause instanceof EdgewiseError && cause.code === 'refresh_running')) throw cause;
  }
}

function vectorCandidatesOf(tenant: string, index: Vectorize): VectorCandidates {
  return new VectorCandidates({
    tenant,
    index,
    deadlineMs: LIMITS.vectorWaitMs,
    nowMs: () => Date.now(),
    onFault: (reason) => console.warn(JSON.stringify({ event: 'vectors_failed', tenant, reason: String(reason) })),
  });
}

function pullFeeds({ feeds }: ConfiguredFeeds, of: (tenant: string) => FeedTenant, alertUrl: string | undefined): Promise<void> {
  return pullDueFeeds(feeds, {
    of,
    fetch: (input, init) => fetch(input, init),
    deadlines: { stallMs: LIMITS.feedStallMs, pullMs: LIMITS.feedPullMs },
    nowMs: () => Date.now(),
    onFailed: async ({ tenant, name }, outcome) =>
      alertUrl && tellAlertHook(alertUrl, { event: 'feed_failed', tenant, feed: name, ...outcome }),
  });
}

/** A service that nobody has opened is closed. */
function parseAccess(configured = 'keys'): Access {
  if (configured === 'open' || configured === 'keys') return configured;
  throw new Error(`ACCESS cannot be read: it is "open" or "keys", not "${configured}"`);
}

function categoriesOf(item: string, snapshot: Snapshot | undefined): readonly string[] {
  const row = snapshot?.rowOf.get(item);
  return row === undefined ? [] : snapshot!.items[row]!.categories;
}

/** Messages to the queue of the language model, by what they want. */
function byKind(messages: readonly Message<WishedMessage>[]) {
  const of = <K extends string>(kind: K) =>
    messages.filter((message): message is Message<Extract<WishedMessage, { kind: K }>> => message.body.kind === kind);
  return { explanations: of('prefetch'), readings: of('reading'), rerankings: of('reranking') };
}

function readerOf({ readings, store, sessions }: ReturnType<typeof composeTenant>): Reader {
  return {
    readings,
    lexicon: store.current?.lexicon,
    refine: ({ user, ids }, wishes) => sessions.refine(user, ids, wishes, Date.now()),
  };
}

function rerankerOf({ model, store, sessions }: ReturnType<typeof composeTenant>): Reranker {
  return {
    model,
    open: async ({ user, scenario }) => store.current?.hold((serving) => currentList(user, scenario, serving, sessions, Date.now())),
    keep: (user, reranking) => sessions.keepReranking(user, reranking, Date.now()),
  };
}

function readingsOf(tenant: string, env: Env, { model, endpoints }: Spoken): Readings {
  return new Readings({
    tenant,
    enabled: endpoints.length > 0,
    recall: (key) => env.EXPLANATIONS.get(key),
    read: async (key, task, caller) => env.READING_OBJECTS.getByName(key).read(key, task, caller),
    send: (message) => env.PREFETCHES.send(message),
    isReady: (request, caller) => model.isReady(request, caller),
    nowMs: () => Date.now(),
  });
}

type Spoken = ReturnType<typeof languageModelOf>;

function explanationsOf(tenant: string, env: Env, { model, endpoints }: Spoken): Explanations {
  return new Explanations({
    tenant,
    enabled: endpoints.length > 0,
    read: (key) => env.EXPLANATIONS.get(key),
    explain: async (key, brief, caller) => env.EXPLANATION_OBJECTS.getByName(key).explain(key, brief, caller),
    send: (message) => env.PREFETCHES.send(message),
    isReady: (request, caller) => model.isReady(request, caller),
    nowMs: () => Date.now(),
  });
}
