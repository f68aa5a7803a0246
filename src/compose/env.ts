import type { FeedEnv } from '../catalog/feeds/from-env.ts';
import type { ExplanationObject } from '../explain/object.ts';
import type { PrefetchMessage } from '../explain/explanations.ts';
import type { FlightEnv } from '../flight/object.ts';
import type { ReadingObject } from '../intent/reading/object.ts';
import type { ReadingMessage } from '../intent/reading/readings.ts';
import type { LlmEnv } from '../llm/from-env.ts';
import type { RerankingMessage } from '../recommend/reranking/queue.ts';
import type { SessionEnv, SessionObject } from '../session/object.ts';
import type { RefreshEnv, RefreshParams } from '../workflow.ts';

/** What the queue of the language model carries. */
export type AheadMessage = PrefetchMessage | ReadingMessage | RerankingMessage;

/** The bindings, variables and secrets of the Worker: `wrangler.toml` names them. */
export interface Env extends SessionEnv, FlightEnv, LlmEnv, RefreshEnv, FeedEnv {
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
  readonly EXPLANATION_OBJECTS: DurableObjectNamespace<ExplanationObject<Env>>;
  readonly READING_OBJECTS: DurableObjectNamespace<ReadingObject<Env>>;
  readonly PREFETCHES: Queue<AheadMessage>;
  /** Types of interaction beside the usual ones, with their weights: `{"wishlist": 2}`. */
  readonly INTERACTION_TYPES?: string;
  /** How often an isolate looks for a newer version and for changed keys, in milliseconds; for tests and demonstrations. */
  readonly SNAPSHOT_CHECK_MS?: string;
}
