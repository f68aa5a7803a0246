import { readFeatures } from './read-features.ts';
import type { Serving } from './serving.ts';
import type { Session } from './session.ts';
import { fillTallies, type Signals } from './signals.ts';
import { gatherRows, type SourceOptions } from './sources.ts';

export interface Candidates {
  /** [C] */
  readonly rows: Int32Array;
  /** [C, FEATURE_COUNT] */
  readonly features: Float32Array;
}

/** What is known of the items at `rows` [C] for a session. */
export function readCandidates(rows: Int32Array, session: Session, signals: Signals, serving: Serving): Candidates {
  const clearTallies = fillTallies(session, serving);
  try {
    return { rows, features: readFeatures(rows, session, signals, serving) };
  } finally {
    clearTallies();
  }
}

/** Every item that some source proposes for a session, with what is known of it. Training sees exactly what requests do. */
export function collectCandidates(session: Session, signals: Signals, serving: Serving, options: SourceOptions): Candidates {
  const clearTallies = fillTallies(session, serving);
  try {
    const rows = gatherRows({ session, signals, serving, ...options });
    return { rows, features: readFeatures(rows, session, signals, serving) };
  } finally {
    clearTallies();
  }
}
