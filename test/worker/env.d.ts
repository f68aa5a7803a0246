declare namespace Cloudflare {
  interface Env {
    readonly SNAPSHOTS: KVNamespace;
    readonly SESSIONS: DurableObjectNamespace<import('../../src/session/object.ts').SessionObject>;
    readonly FEEDBACK: D1Database;
    readonly REFRESH: Workflow;
    readonly LOG: R2Bucket;
    /** What `migrations/` holds, for `applyD1Migrations`. */
    readonly MIGRATIONS: import('cloudflare:test').D1Migration[];
    readonly INTERACTIONS: Queue<import('../../src/domain/feedback.ts').FeedbackMessage>;
  }
}
