import { withBarred } from './barred.ts';
import { readFeatures } from './read-features.ts';
import { fillTallies, type Signals } from './signals.ts';
import type { Situation } from './situation.ts';
import { gatherRows, type Proposal } from './sources/sources.ts';

export interface Candidates {
  /** [C] */
  readonly rows: Int32Array;
  /** [C, FEATURE_COUNT] */
  readonly features: Float32Array;
}

/**
 * Every item that some source proposes, with what is known of it. Training sees exactly what requests do. What each source
 * proposed is written to `proposals`, if given.
 */
export function collectCandidates(situation: Situation, signals: Signals, proposals?: Proposal[]): Candidates {
  const { session, serving } = situation;
  const clearTallies = fillTallies(session, serving);
  try {
    const rows = withBarred(situation, (open) => gatherRows(open, signals, proposals));
    return { rows, features: readFeatures(rows, session, signals, serving) };
  } finally {
    clearTallies();
  }
}
