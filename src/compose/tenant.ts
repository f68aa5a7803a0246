import type { ConfiguredFeeds } from '../catalog/feeds/from-env.ts';
import { FeedItems } from '../catalog/feeds/feed-items.ts';
import type { FeedTenant } from '../catalog/feeds/pull-due.ts';
import { FeedPulls } from '../catalog/feeds/pulls.ts';
import { Catalogue } from '../catalog/items/catalogue.ts';
import { kvStorage } from '../catalog/kv-storage.ts';
import { OverlayPublisher } from '../catalog/overlay/overlay-publisher.ts';
import { Refreshes } from '../catalog/refresh/refreshes.ts';
import type { RefreshStarter } from '../catalog/refresh/start.ts';
import type { Snapshot } from '../catalog/snapshot.ts';
import { SnapshotStore } from '../catalog/store.ts';
import { VectorVersions } from '../catalog/vectors/vector-versions.ts';
import { LIMITS } from '../domain/limits.ts';
import { DEFAULT_TENANT, prefixOf } from '../domain/tenant.ts';
import { Experiments } from '../experiments/store.ts';
import type { FeedbackStores } from '../feedback/consume.ts';
import { Counters } from '../feedback/counters.ts';
import { DeadLetters } from '../feedback/dead-letters.ts';
import { TrainingLog } from '../feedback/log.ts';
import { Traces } from '../feedback/traces.ts';
import { createApp } from '../http/app.ts';
import { parseStoredExperiment } from '../http/experiment-body.ts';
import type { Services } from '../http/services.ts';
import { languageModelOf } from '../llm/from-env.ts';
import { rememberCounters } from '../recommend/counts.ts';
import { Serving } from '../recommend/serving.ts';
import { VectorCandidates } from '../recommend/vector-candidates.ts';
import { durableSessions } from '../session/sessions.ts';
import { explanationsOf, readingsOf, rerankingsOf } from './ahead.ts';
import { engine } from './engine.ts';
import type { Env } from './env.ts';

/** What all tenants share. */
export type Shared = Pick<Services, 'tokens' | 'guard' | 'weights' | 'nowMs' | 'preciseNowMs' | 'newId'>;

export type Tenant = ReturnType<typeof composeTenant>;

/** What belongs to one tenant. */
export function composeTenant(tenant: string, env: Env, shared: Shared, checkEveryMs: number, configured: ConfiguredFeeds) {
  const storage = kvStorage(env.SNAPSHOTS, prefixOf(tenant));
  const index = tenant === DEFAULT_TENANT ? env.VECTORS : undefined; // only its versions are written into it
  const vectors = index && vectorCandidatesOf(tenant, index);
  const store = new SnapshotStore<Serving>({
    tenant,
    storage,
    checkEveryMs,
    prepare: async (snapshot, before) => {
      const serving = new Serving(snapshot, vectors ? { ...engine, vectors } : engine, before);
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
  const rerankings = rerankingsOf(tenant, env, model, sessions);
  const app = createApp({
    ...shared,
    tenant,
    store,
    storage,
    catalogue,
    overlay,
    feeds: { configured, pulls },
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

function vectorCandidatesOf(tenant: string, index: Vectorize): VectorCandidates {
  return new VectorCandidates({
    tenant,
    index,
    deadlineMs: LIMITS.vectorWaitMs,
    nowMs: () => Date.now(),
    onFault: (reason) => console.warn(JSON.stringify({ event: 'vectors_failed', tenant, reason: String(reason) })),
  });
}

function categoriesOf(item: string, snapshot: Snapshot | undefined): readonly string[] {
  const row = snapshot?.rowOf.get(item);
  return row === undefined ? [] : snapshot!.items.at(row).categories;
}
