import type { ConfiguredFeeds } from '../catalog/feeds/from-env.ts';
import type { FeedPulls } from '../catalog/feeds/pulls.ts';
import type { Catalogue } from '../catalog/items/catalogue.ts';
import type { RefreshStarter } from '../catalog/refresh/start.ts';
import type { OverlayPublisher } from '../catalog/overlay/overlay-publisher.ts';
import type { WritableStorage } from '../catalog/storage.ts';
import type { SnapshotStore } from '../catalog/store.ts';
import type { FeedbackMessage } from '../domain/feedback.ts';
import type { InteractionWeights } from '../domain/interaction.ts';
import type { LanguageModel } from '../domain/language-model.ts';
import type { Experiments } from '../experiments/store.ts';
import type { ExperimentOverrides } from './experiment-body.ts';
import type { CounterMemory } from '../recommend/counts.ts';
import type { DeadLetters } from '../feedback/dead-letters.ts';
import type { TrainingLog } from '../feedback/log.ts';
import type { Explanations } from '../explain/explanations.ts';
import type { Rerankings } from '../recommend/reranking/rerankings.ts';
import type { Readings } from '../intent/reading/readings.ts';
import type { Serving } from '../recommend/serving.ts';
import type { Sessions } from '../session/sessions.ts';
import type { Access } from './auth/authenticate.ts';
import type { Tokens } from './auth/tokens.ts';

/** What the handlers work with: all of it belongs to one tenant. */
export interface Services {
  readonly tenant: string;
  readonly store: SnapshotStore<Serving>;
  readonly storage: WritableStorage;
  readonly catalogue: Catalogue;
  readonly refresher: RefreshStarter;
  readonly feeds: { readonly configured: ConfiguredFeeds; readonly pulls: FeedPulls };
  readonly overlay: Pick<OverlayPublisher, 'publish'>;
  readonly sessions: Sessions;
  readonly counters: CounterMemory;
  readonly experiments: Experiments<ExperimentOverrides>;
  readonly deadLetters: DeadLetters;
  readonly log: TrainingLog;
  /** The queue that interactions are counted from. */
  readonly queue: Pick<Queue<FeedbackMessage>, 'send'>;
  readonly explanations: Explanations;
  readonly readings: Readings;
  readonly rerankings: Rerankings;
  /** A language model that calls tools; undefined where none is configured. */
  readonly talker: LanguageModel | undefined;
  /** The types of interaction that are taken, with what each says of its item. */
  readonly weights: InteractionWeights;
  /** Undefined where no secret to sign with is configured. */
  readonly tokens: Tokens | undefined;
  /** How well the service is guarded, for `GET /v1/health`. */
  readonly guard: { readonly access: Access; readonly rateLimits: boolean };
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
  /** Milliseconds with fractions, for measuring. */
  readonly preciseNowMs: () => number;
  readonly newId: () => string;
}
