import type { Context } from 'hono';
import type { SnapshotStore } from '../catalog/store.ts';
import type { InteractionWeights } from '../domain/interaction.ts';
import type { CounterMemory } from '../recommend/counts.ts';
import type { Serving } from '../recommend/serving.ts';
import type { Sessions } from '../session/sessions.ts';

/** What the handlers work with. */
export interface Services {
  readonly store: SnapshotStore<Serving>;
  readonly sessions: Sessions;
  readonly counters: CounterMemory;
  /** The types of interaction that are taken, with what each says of its item. */
  readonly weights: InteractionWeights;
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
  /** Milliseconds with fractions, for measuring. */
  readonly preciseNowMs: () => number;
  readonly newId: () => string;
  /** Whether a caller may be told how an answer came about; everybody if absent. */
  readonly mayDebug?: (c: Context) => boolean;
}
