import type { Interaction } from '../domain/interaction.ts';
import { joinCritiques } from './critiques.ts';
import { keepReranking } from './reranking.ts';
import { reduceAll, type Session } from './session.ts';

/**
 * The session of a user who turns out to be a visitor too, and the interactions that it had not known. The same session where the visitor brings nothing new. Of two
 * rerankings that is kept which knows more of both.
 */
export function joinSessions(
  own: Session,
  { done, shown, critiques = [], reranking }: Session,
  user: string,
  nowMs: number,
): { session: Session; fresh: readonly Interaction[] } {
  const theirs = [...done, ...shown].map((interaction) => ({ ...interaction, user }));
  const { session, fresh } = reduceAll(own, theirs, nowMs);
  const joined = reranking ? keepReranking(session, reranking) : session;
  const said = critiques.length > 0 ? { ...joined, critiques: joinCritiques(joined.critiques ?? [], critiques, nowMs) } : joined;
  return { session: said, fresh };
}
