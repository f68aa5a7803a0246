import type { SnapshotStore } from '../catalog/store.ts';
import type { Serving } from '../recommend/serving.ts';

/** What the handlers work with. */
export interface Services {
  readonly store: SnapshotStore<Serving>;
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
  /** Milliseconds with fractions, for measuring. */
  readonly preciseNowMs: () => number;
  readonly newId: () => string;
}
