import type { Critique } from '../domain/critique.ts';
import { byTime, type Interaction } from '../domain/interaction.ts';
import { LIMITS } from '../domain/limits.ts';
import type { Reranking } from '../domain/reranking.ts';

/** A user's recent past. The two lists are apart so that what is merely shown never displaces what was done. Both: oldest first. */
export interface Session {
  /** Interactions that say something of their item. */
  readonly done: readonly Interaction[];
  /** Those that do not, such as impressions. */
  readonly shown: readonly Interaction[];
  /** What the user said of their recommendations, oldest first; sessions stored before there were any have none. */
  readonly critiques?: readonly Critique[];
  /** What a language model made of the user's recommendations, where it was asked. */
  readonly reranking?: Reranking;
  /** The newest interactions when it was last asked. */
  readonly rerankingAsked?: readonly string[];
}

export const EMPTY_SESSION: Session = { done: [], shown: [] };

/**
 * The session after an interaction. A list keeps the newest `LIMITS.sessionInteractions` of all it was ever given, by time and
 * id, each id once: so any order and any number of arrivals of the same interactions make the same session.
 */
export function reduceSession(session: Session, interaction: Interaction, nowMs: number): Session {
  if (knows(session, interaction.id)) return session;
  const list = interaction.weight === 0 ? 'shown' : 'done';
  const oldestMs = nowMs - LIMITS.sessionTtlMs;
  const kept = [...session[list], interaction].filter(({ atMs }) => atMs > oldestMs).sort(byTime);
  return { ...session, [list]: kept.slice(-LIMITS.sessionInteractions) };
}

/** The session after several interactions, and those of them that it had not known. */
export function reduceAll(
  session: Session,
  interactions: readonly Interaction[],
  nowMs: number,
): { session: Session; fresh: readonly Interaction[] } {
  const fresh = new Map<string, Interaction>();
  let reduced = session;
  for (const interaction of interactions) {
    if (fresh.has(interaction.id) || knows(session, interaction.id)) continue;
    fresh.set(interaction.id, interaction);
    reduced = reduceSession(reduced, interaction, nowMs);
  }
  return { session: reduced, fresh: [...fresh.values()] };
}

/** The session less the interactions and critiques with these ids; a reranking goes with them. */
export function without(session: Session, ids: ReadonlySet<string>): Session {
  const isKept = ({ id }: { readonly id: string }) => !ids.has(id);
  const { done, shown, critiques } = session;
  return { done: done.filter(isKept), shown: shown.filter(isKept), ...(critiques && { critiques: critiques.filter(isKept) }) };
}

/** Whether there is nothing in it. */
export function isEmpty({ done, shown, critiques = [] }: Session): boolean {
  return done.length + shown.length + critiques.length === 0;
}

function knows({ done, shown }: Session, id: string): boolean {
  return done.some((known) => known.id === id) || shown.some((known) => known.id === id);
}
