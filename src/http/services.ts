import type { Catalogue } from '../catalog/items/catalogue.ts';
import type { RefreshStarter } from '../catalog/refresh/start.ts';
import type { OverlayPublisher } from '../catalog/overlay/overlay-publisher.ts';
import type { WritableStorage } from '../catalog/storage.ts';
import type { SnapshotStore } from '../catalog/store.ts';
import type { InteractionWeights } from '../domain/interaction.ts';
import type { Trends } from '../recommend/trending.ts';
import type { Serving } from '../recommend/serving.ts';
import type { Sessions } from '../session/sessions.ts';

/** What the handlers work with. */
export interface Services {
  readonly store: SnapshotStore<Serving>;
  readonly storage: WritableStorage;
  readonly catalogue: Catalogue;
  readonly refresher: RefreshStarter;
  readonly overlay: Pick<OverlayPublisher, 'publish'>;
  readonly sessions: Sessions;
  readonly trends: Trends;
  /** The types of interaction that are taken, with what each says of its item. */
  readonly weights: InteractionWeights;
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
  /** Milliseconds with fractions, for measuring. */
  readonly preciseNowMs: () => number;
  readonly newId: () => string;
}
