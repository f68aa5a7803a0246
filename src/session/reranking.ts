import { LIMITS } from '../domain/limits.ts';
import type { FadingReranking, Reranking } from '../domain/reranking.ts';
import type { Session } from './session.ts';

/** Ids of the newest interactions that say something of their item, oldest first: what a reranking is said to know. */
export function newestOf({ done }: Session): string[] {
  return done.slice(-LIMITS.rerankingFades).map(({ id }) => id);
}

/** Whether the user has done enough since the last reranking was asked for. */
export function isRerankingDue(session: Session): boolean {
  return newSince(session, session.rerankingAsked ?? []) >= LIMITS.rerankingEvery;
}

/** The session after a reranking is asked for, if one is due: whoever asks at the same time is not the first. */
export function askReranking(session: Session): Session | undefined {
  return isRerankingDue(session) ? { ...session, rerankingAsked: newestOf(session) } : undefined;
}

/**
 * The session with a reranking, which may come late. One that knew nothing of what the session holds is of somebody who was erased or became another
 * user, and is not kept; nor is one that knew less than the one that is there.
 */
export function keepReranking(session: Session, reranking: Reranking): Session {
  const { done, reranking: kept } = session;
  const isOfIt = done.some(({ id }) => reranking.knew.includes(id));
  const knowsAsMuch = !kept || newSince(session, reranking.knew) <= newSince(session, kept.knew);
  return isOfIt && knowsAsMuch ? { ...session, reranking } : session;
}

/** What of a reranking still counts: less with each new interaction, and nothing after `LIMITS.rerankingFades`. */
export function fadingOf(session: Session): FadingReranking | undefined {
  const { reranking } = session;
  const strength = reranking ? 1 - newSince(session, reranking.knew) / LIMITS.rerankingFades : 0;
  return reranking && strength > 0 ? { items: reranking.items, strength } : undefined;
}

/** How many of the newest interactions are not among those that were known. */
function newSince(session: Session, knew: readonly string[]): number {
  return newestOf(session).filter((id) => !knew.includes(id)).length;
}
