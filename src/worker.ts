/** The composition root: bindings in, handlers out. */
import onnxRuntime from 'onnxruntime-web/ort-wasm-simd-threaded.wasm';
import { Catalogue } from './catalog/items/catalogue.ts';
import { kvStorage } from './catalog/kv-storage.ts';
import { OverlayPublisher } from './catalog/overlay/overlay-publisher.ts';
import { Refreshes } from './catalog/refresh/refreshes.ts';
import { startRefresh, type RefreshStarter } from './catalog/refresh/start.ts';
import { SnapshotStore } from './catalog/store.ts';
import type { Snapshot } from './catalog/snapshot.ts';
import type { FeedbackMessage } from './domain/feedback.ts';
import type { FeedbackStores } from './feedback/consume.ts';
import { Counters } from './feedback/counters.ts';
import { TrainingLog } from './feedback/log.ts';
import { buryBatch, consumeBatch } from './feedback/queue.ts';
import { EdgewiseError } from './domain/errors.ts';
import { TENANT } from './domain/tenant-of-all.ts';
import { createApp } from './http/app.ts';
import { createScanner } from './kernel/scan.ts';
import scan from './kernel/scan.wasm';
import { openModel } from './model/runtime.ts';
import { parseWeights } from './http/weights.ts';
import { Serving, type Engine } from './recommend/serving.ts';
import type { SessionEnv, SessionObject } from './session/object.ts';
import { durableSessions } from './session/sessions.ts';
import type { RefreshEnv } from './workflow.ts';

export { SessionObject } from './session/object.ts';
export { RefreshWorkflow } from './workflow.ts';

/** How often an isolate looks for a newer version. */
const CHECK_EVERY_MS = 30_000;

/** The trigger in `wrangler.toml` that publishes the overlay; any other begins a refresh. */
const EVERY_MINUTE = '* * * * *';

/** How the name of the dead-letter queue ends. */
const DEAD_LETTERS = '-dead';

interface Env extends SessionEnv, RefreshEnv {
  readonly SESSIONS: DurableObjectNamespace<SessionObject>;
  readonly REFRESH: Workflow;
  readonly LOG: R2Bucket;
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
    return service.app.fetch(request, env, context);
  },
  async queue(batch, env, context) {
    service ??= compose(env, context);
    if (batch.queue.endsWith(DEAD_LETTERS)) return buryBatch(batch, service.feedback.counters, Date.now());
    await service.store.open(Date.now()); // for the categories of items
    return consumeBatch(batch, service.feedback);
  },
  /** Every minute: what another isolate wrote and could not publish, or what a new version lacks, is told. Less often: a refresh. */
  async scheduled({ cron }, env, context) {
    service ??= compose(env, context);
    if (cron !== EVERY_MINUTE) return refreshOnSchedule(service.refresher);
    await service.store.open(Date.now()); // new items are placed among those that are served
    await service.overlay.publish();
  },
} satisfies ExportedHandler<Env, FeedbackMessage>;

const engine: Engine = { openScanner: (vectors) => createScanner(scan, vectors), openModel: (onnx) => openModel(onnxRuntime, onnx) };

function compose(env: Env, context: ExecutionContext) {
  const storage = kvStorage(env.SNAPSHOTS);
  const store = new SnapshotStore<Serving>({
    storage,
    checkEveryMs: Number(env.SNAPSHOT_CHECK_MS ?? CHECK_EVERY_MS),
    prepare: async (snapshot, before) => {
      const serving = new Serving(snapshot, engine);
      // A version that replaces one with a running encoder takes over with its own: no answer is degraded by a publication.
      if (before?.encoderReady) await serving.startEncoder(Date.now());
      return serving;
    },
    amend: (serving, snapshot) => serving.amended(snapshot),
    onRefused: (reason) => console.warn(JSON.stringify({ event: 'snapshot_refused', reason: String(reason) })),
  });
  // The first request waits for the catalogue: reading it begins before anything else does.
  context.waitUntil(store.refresh(Date.now()));
  const catalogue = new Catalogue(env.FEEDBACK, TENANT);
  const overlay = new OverlayPublisher({
    storage,
    catalogue,
    base: () => store.base,
    onPublished: (published) => store.follow(published),
  });
  const refresher: RefreshStarter = {
    refreshes: new Refreshes(env.FEEDBACK, TENANT),
    run: (id) => env.REFRESH.create({ id }),
  };
  const counters = new Counters(env.FEEDBACK);
  const feedback: FeedbackStores = {
    counters,
    log: new TrainingLog(env.LOG),
    nowMs: () => Date.now(),
    newId: () => crypto.randomUUID(),
    categoriesOf: (item) => categoriesOf(item, store.current?.snapshot),
  };
  const app = createApp({
    store,
    storage,
    catalogue,
    overlay,
    refresher,
    trends: counters,
    sessions: durableSessions(env.SESSIONS),
    weights: parseWeights(env.INTERACTION_TYPES),
    nowMs: () => Date.now(),
    preciseNowMs: () => performance.now(),
    newId: () => crypto.randomUUID(),
  });
  return { app, store, overlay, refresher, feedback };
}

/** A refresh that is still running goes on, and the next trigger begins another. */
async function refreshOnSchedule(refresher: RefreshStarter): Promise<void> {
  try {
    await startRefresh(crypto.randomUUID(), refresher, Date.now());
  } catch (cause) {
    if (!(cause instanceof EdgewiseError && cause.code === 'refresh_running')) throw cause;
  }
}

function categoriesOf(item: string, snapshot: Snapshot | undefined): readonly string[] {
  const row = snapshot?.rowOf.get(item);
  return row === undefined ? [] : snapshot!.items[row]!.categories;
}
