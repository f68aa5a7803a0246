declare namespace Cloudflare {
  interface Env {
    readonly SNAPSHOTS: KVNamespace;
    readonly SESSIONS: DurableObjectNamespace<import('../../src/session/object.ts').SessionObject>;
    readonly FEEDBACK: D1Database;
    readonly REFRESH: Workflow<import('../../src/workflow.ts').RefreshParams>;
    readonly LOG: R2Bucket;
    readonly ONCE_A_MINUTE: RateLimit;
    readonly EXPLANATIONS: KVNamespace;
    readonly EXPLANATION_OBJECTS: DurableObjectNamespace<import('./main.ts').ExplanationObject>;
    readonly READING_OBJECTS: DurableObjectNamespace<import('./main.ts').ReadingObject>;
    readonly LLM_GATES: DurableObjectNamespace<import('../../src/llm/object.ts').GateObject>;
    readonly LLM_CONCURRENCY?: string;
    readonly LLM_DAILY_TOKENS?: string;
    /** What `migrations/` holds, for `applyD1Migrations`. */
    readonly MIGRATIONS: import('cloudflare:test').D1Migration[];
    readonly INTERACTIONS: Queue<import('../../src/domain/feedback.ts').FeedbackMessage>;
  }
}

/** Of Node's modules, as `nodejs_compat` has them, what tests use. */
declare module 'node:zlib' {
  export function gunzipSync(bytes: Uint8Array): { toString(): string };
}
