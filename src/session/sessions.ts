import type { Interaction } from '../domain/interaction.ts';
import type { SessionObject } from './object.ts';
import type { Session } from './session.ts';

/** The sessions of all users. Every method rejects where the user's object cannot be reached. */
export interface Sessions {
  read(user: string): Promise<Session>;
  /** Stores interactions of one user; resolves when they are durable, with how many of them were new. */
  record(user: string, interactions: readonly Interaction[], nowMs: number): Promise<number>;
  /** Erases the session at once, and by and by what else is kept of the user. */
  erase(user: string, nowMs: number): Promise<void>;
}

/** Sessions in Durable Objects, one a user. */
export function durableSessions(namespace: DurableObjectNamespace<SessionObject>): Sessions {
  const objectOf = (user: string) => namespace.getByName(user);
  return {
    read: async (user) => objectOf(user).read(),
    record: async (user, interactions, nowMs) => objectOf(user).record(interactions, nowMs),
    erase: async (user, nowMs) => objectOf(user).erase(user, nowMs),
  };
}
