import type { DegradedPart } from '../domain/recommendation.ts';
import { areFinite } from '../kernel/finite.ts';
import type { Serving } from './serving.ts';
import type { Session } from './session.ts';

/** What the models make of a session, before any item is chosen: sources find candidates in it, scoring reads it. */
export interface Signals {
  /** The user's vector [dims]; undefined while the transformer is not ready or the history is empty. */
  readonly user: Float32Array | undefined;
  /** Rows that a vector index found nearest to it, best first; undefined where the scan finds them. */
  readonly nearest?: readonly number[];
}

/** Asks the transformer for the user's vector; if it is not ready or fails, says so in `degraded`. */
export async function readSignals(session: Session, serving: Serving, degraded: DegradedPart[]): Promise<Signals> {
  if (session.recent.length === 0) return UNKNOWN_USER;
  try {
    if (!serving.encoderReady) throw new Error('the encoder is still starting');
    const user = await serving.encodeUser(session.recent);
    if (!areFinite(user)) throw new Error('the encoder gave a vector that is not finite');
    return { user };
  } catch {
    degraded.push('transformer');
    return UNKNOWN_USER;
  }
}

const UNKNOWN_USER: Signals = { user: undefined };

/** Adds up the neighbours of the history over both horizons in the scratch space of `serving`; it is to be cleared before the next await. */
export function fillTallies(session: Session, { snapshot, tallies }: Serving): void {
  tallies.rules.add(snapshot.rules, session.counted);
  tallies.coVisits.add(snapshot.coVisits, session.counted);
  tallies.texts.add(snapshot.texts, session.counted);
}

export function clearTallies({ tallies }: Serving): void {
  for (const tally of Object.values(tallies)) tally.clear();
}
