import type { Critique, Wish } from '../domain/critique.ts';
import type { Interaction } from '../domain/interaction.ts';
import type { Reranking } from '../domain/reranking.ts';
import { nameIn } from '../domain/tenant.ts';
import type { SessionObject } from './object.ts';
import type { KnownPast } from './past.ts';
import type { Session } from './session.ts';

/** The sessions of all users of a tenant. Every method rejects where the user's object cannot be reached. */
export interface Sessions {
  read(user: string): Promise<Session>;
  /** What an answer needs of it. */
  past(user: string): Promise<KnownPast>;
  /** Stores interactions of one user; resolves when they are durable, with how many of them were new. */
  record(user: string, interactions: readonly Interaction[], nowMs: number): Promise<number>;
  /** Keeps critiques of one user, in this order, or forgets one; resolves with all that count now. */
  critique(user: string, added: readonly Critique[], nowMs: number): Promise<readonly Critique[]>;
  uncritique(user: string, id: string, nowMs: number): Promise<readonly Critique[]>;
  /** Puts what a language model read in the place of critiques that are still as the rules read them. */
  refine(user: string, ids: readonly string[], wishes: readonly Wish[], nowMs: number): Promise<void>;
  /** Whether a reranking of the user's recommendations is due; only the first who asks is told so. */
  askReranking(user: string, nowMs: number): Promise<boolean>;
  /** Keeps what a language model made of them, if it knew something of the session as it is. */
  keepReranking(user: string, reranking: Reranking, nowMs: number): Promise<void>;
  /** Erases the session at once, and by and by what else is kept of the user. */
  erase(user: string, nowMs: number): Promise<void>;
  /**
   * Moves what a visitor did and said to a user, and resolves with how much of what was done was new to the user; with undefined if the visitor is another user already.
   * Where it rejects, calling it again finishes what was begun.
   */
  merge(visitor: string, user: string, nowMs: number): Promise<number | undefined>;
}

/** Sessions in Durable Objects, one a user. */
export function durableSessions(namespace: DurableObjectNamespace<SessionObject>, tenant: string): Sessions {
  const objectOf = (user: string) => namespace.getByName(nameIn(tenant, user));
  return {
    read: async (user) => objectOf(user).read(),
    past: async (user) => objectOf(user).past(),
    record: async (user, interactions, nowMs) => objectOf(user).record(tenant, interactions, nowMs),
    critique: async (user, added, nowMs) => objectOf(user).critique(added, nowMs),
    uncritique: async (user, id, nowMs) => objectOf(user).uncritique(id, nowMs),
    refine: async (user, ids, wishes, nowMs) => objectOf(user).refine(ids, wishes, nowMs),
    askReranking: async (user, nowMs) => objectOf(user).askReranking(nowMs),
    keepReranking: async (user, reranking, nowMs) => objectOf(user).keepReranking(reranking, nowMs),
    erase: async (user, nowMs) => objectOf(user).erase(tenant, user, nowMs),
    async merge(visitor, user, nowMs) {
      const session = await objectOf(visitor).handOver({ tenant, visitor, user, atMs: nowMs });
      if (!session) return undefined;
      const moved = await objectOf(user).absorb(user, session, nowMs);
      const { done, shown, critiques = [] } = session;
      await objectOf(visitor).letGo(
        [...done, ...shown, ...critiques].map(({ id }) => id),
        nowMs,
      );
      return moved;
    },
  };
}
