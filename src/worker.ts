/** The composition root: bindings in, handlers out. */
import onnxRuntime from 'onnxruntime-web/ort-wasm-simd-threaded.wasm';
import { SnapshotStore } from './catalog/store.ts';
import type { SnapshotStorage } from './catalog/storage.ts';
import { createApp } from './http/app.ts';
import scan from './kernel/scan.wasm';
import { openModel } from './model/runtime.ts';
import { parseWeights } from './http/weights.ts';
import { Serving, type Engine } from './recommend/serving.ts';
import type { SessionEnv, SessionObject } from './session/object.ts';
import { durableSessions } from './session/sessions.ts';

export { SessionObject } from './session/object.ts';

/** How often an isolate looks for a newer version. */
const CHECK_EVERY_MS = 30_000;

interface Env extends SessionEnv {
  readonly SNAPSHOTS: KVNamespace;
  readonly SESSIONS: DurableObjectNamespace<SessionObject>;
  /** Types of interaction beside the usual ones, with their weights: `{"wishlist": 2}`. */
  readonly INTERACTION_TYPES?: string;
  /** Overrides `CHECK_EVERY_MS`; for tests and demonstrations. */
  readonly SNAPSHOT_CHECK_MS?: string;
}

/** One an isolate: bindings do not change while it lives. */
let app: ReturnType<typeof createApp> | undefined;

export default {
  fetch(request, env, context) {
    app ??= compose(env);
    return app.fetch(request, env, context);
  },
} satisfies ExportedHandler<Env>;

const engine: Engine = { scan, openModel: (onnx) => openModel(onnxRuntime, onnx) };

function compose(env: Env) {
  const store = new SnapshotStore<Serving>({
    storage: kvStorage(env.SNAPSHOTS),
    checkEveryMs: Number(env.SNAPSHOT_CHECK_MS ?? CHECK_EVERY_MS),
    prepare: async (snapshot, before) => {
      const serving = new Serving(snapshot, engine);
      // A version that replaces one with a running encoder takes over with its own: no answer is degraded by a publication.
      if (before?.encoderReady) await serving.startEncoder();
      return serving;
    },
    onRefused: (reason) => console.warn(JSON.stringify({ event: 'snapshot_refused', reason: String(reason) })),
  });
  return createApp({
    store,
    sessions: durableSessions(env.SESSIONS),
    weights: parseWeights(env.INTERACTION_TYPES),
    nowMs: () => Date.now(),
    preciseNowMs: () => performance.now(),
    newId: () => crypto.randomUUID(),
  });
}

function kvStorage(kv: KVNamespace): SnapshotStorage {
  return { read: (key, cacheSeconds) => kv.get(key, { type: 'arrayBuffer', cacheTtl: cacheSeconds }) };
}
