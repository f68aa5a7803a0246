/** The composition root: bindings in, handlers out. */
import onnxRuntime from 'onnxruntime-web/ort-wasm-simd-threaded.wasm';
import { Catalogue } from './catalog/items/catalogue.ts';
import { SnapshotStore } from './catalog/store.ts';
import type { Snapshot } from './catalog/snapshot.ts';
import type { SnapshotStorage } from './catalog/storage.ts';
import type { FeedbackMessage } from './domain/feedback.ts';
import type { FeedbackStores } from './feedback/consume.ts';
import { Counters } from './feedback/counters.ts';
import { TrainingLog } from './feedback/log.ts';
import { buryBatch, consumeBatch } from './feedback/queue.ts';
import { createApp } from './http/app.ts';
import { createScanner } from './kernel/scan.ts';
import scan from './kernel/scan.wasm';
import { openModel } from './model/runtime.ts';
import { parseWeights } from './http/weights.ts';
import { Serving, type Engine } from './recommend/serving.ts';
import type { SessionEnv, SessionObject } from './session/object.ts';
import { durableSessions } from './session/sessions.ts';

export { SessionObject } from './session/object.ts';

/** How often an isolate looks for a newer version. */
const CHECK_EVERY_MS = 30_000;

/** Whose items these are: until keys name tenants there is one. */
const TENANT = 'default';

/** How the name of the dead-letter queue ends. */
const DEAD_LETTERS = '-dead';

interface Env extends SessionEnv {
  readonly SNAPSHOTS: KVNamespace;
  readonly SESSIONS: DurableObjectNamespace<SessionObject>;
  readonly FEEDBACK: D1Database;
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
} satisfies ExportedHandler<Env, FeedbackMessage>;

const engine: Engine = { openScanner: (vectors) => createScanner(scan, vectors), openModel: (onnx) => openModel(onnxRuntime, onnx) };

function compose(env: Env, context: ExecutionContext) {
  const store = new SnapshotStore<Serving>({
    storage: kvStorage(env.SNAPSHOTS),
    checkEveryMs: Number(env.SNAPSHOT_CHECK_MS ?? CHECK_EVERY_MS),
    prepare: async (snapshot, before) => {
      const serving = new Serving(snapshot, engine);
      // A version that replaces one with a running encoder takes over with its own: no answer is degraded by a publication.
      if (before?.encoderReady) await serving.startEncoder(Date.now());
      return serving;
    },
    onRefused: (reason) => console.warn(JSON.stringify({ event: 'snapshot_refused', reason: String(reason) })),
  });
  // The first request waits for the catalogue: reading it begins before anything else does.
  context.waitUntil(store.refresh(Date.now()));
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
    catalogue: new Catalogue(env.FEEDBACK, TENANT),
    trends: counters,
    sessions: durableSessions(env.SESSIONS),
    weights: parseWeights(env.INTERACTION_TYPES),
    nowMs: () => Date.now(),
    preciseNowMs: () => performance.now(),
    newId: () => crypto.randomUUID(),
  });
  return { app, store, feedback };
}

function categoriesOf(item: string, snapshot: Snapshot | undefined): readonly string[] {
  const row = snapshot?.rowOf.get(item);
  return row === undefined ? [] : snapshot!.items[row]!.categories;
}

function kvStorage(kv: KVNamespace): SnapshotStorage {
  return { read: (key, cacheSeconds) => kv.get(key, { type: 'arrayBuffer', cacheTtl: cacheSeconds }) };
}
