import { withoutBarred } from './barred.ts';
import { readFeatures } from './read-features.ts';
import { clearTallies, fillTallies, type Signals } from './signals.ts';
import type { Situation } from './situation.ts';
import { gatherRows, type Proposal } from './sources/sources.ts';

export interface Candidates {
  /** [C] */
  readonly rows: Int32Array;
  /** [C, FEATURE_COUNT] */
  readonly features: Float32Array;
}

/**
 * Every item that some source proposes, with what is known of it. Training asks for candidates as requests do, but for lists of another length in
 * which what was seen may come again. What each source proposed is written to `proposals`, if given.
 */
export function collectCandidates(situation: Situation, signals: Signals, proposals?: Proposal[]): Candidates {
  const { session, serving, barred } = situation;
  try {
    fillTallies(session, serving);
    const rows = withoutBarred(barred, situation.permitted, serving, (permitted) =>
      gatherRows({ ...situation, permitted }, signals, proposals),
    );
    return { rows, features: readFeatures(rows, session, signals, serving) };
  } finally {
    clearTallies(serving);
  }
}
