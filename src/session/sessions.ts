import type { Interaction } from '../domain/interaction.ts';
import { nameIn } from '../domain/tenant.ts';
import type { SessionObject } from './object.ts';
import type { Session } from './session.ts';

/** The sessions of all users of a tenant. Every method rejects where the user's object cannot be reached. */
export interface Sessions {
  read(user: string): Promise<Session>;
  /** Stores interactions of one user; resolves when they are durable, with how many of them were new. */
  record(user: string, interactions: readonly Interaction[], nowMs: number): Promise<number>;
  /** Erases the session at once, and by and by what else is kept of the user. */
  erase(user: string, nowMs: number): Promise<void>;
  /**
   * Moves what a visitor did to a user, and resolves with how much of it was new to the user; with undefined if the visitor is another user already.
   * Where it rejects, calling it again finishes what was begun.
   */
  merge(visitor: string, user: string, nowMs: number): Promise<number | undefined>;
}

/** Sessions in Durable Objects, one a user. */
export function durableSessions(namespace: DurableObjectNamespace<SessionObject>, tenant: string): Sessions {
  const objectOf = (user: string) => namespace.getByName(nameIn(tenant, user));
  return {
    read: async (user) => objectOf(user).read(),
    record: async (user, interactions, nowMs) => objectOf(user).record(tenant, interactions, nowMs),
    erase: async (user, nowMs) => objectOf(user).erase(tenant, user, nowMs),
    async merge(visitor, user, nowMs) {
      const session = await objectOf(visitor).handOver({ tenant, visitor, user, atMs: nowMs });
      if (!session) return undefined;
      const interactions = [...session.done, ...session.shown];
      const moved = await objectOf(user).absorb(user, interactions, nowMs);
      await objectOf(visitor).letGo(
        interactions.map(({ id }) => id),
        nowMs,
      );
      return moved;
    },
  };
}
