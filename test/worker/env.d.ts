declare namespace Cloudflare {
  interface Env {
    readonly SNAPSHOTS: KVNamespace;
    readonly SESSIONS: DurableObjectNamespace<import('../../src/session/object.ts').SessionObject>;
    readonly INTERACTIONS: Queue<import('../../src/domain/feedback.ts').FeedbackMessage>;
  }
}
