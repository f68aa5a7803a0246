import type { Merge } from '../domain/feedback.ts';
import { LIMITS } from '../domain/limits.ts';
import type { Traces } from './traces.ts';

/** What looking after merged visitors takes. */
export interface MergeStores {
  readonly traces: Traces;
  /** Erases the session of a user, which tells the queue of it. */
  readonly eraseSession: (user: string) => Promise<void>;
}

/** The merges that are to be logged; of a user who was erased since, the visitor is erased too. */
export async function lastingMerges(merges: readonly Merge[], { traces, eraseSession }: MergeStores): Promise<Merge[]> {
  const erased = await traces.erasedUntilMs(merges.map(({ user }) => user));
  const lasting = (merge: Merge) => merge.atMs > (erased.get(merge.user) ?? -Infinity);
  for (const merge of merges) if (!lasting(merge)) await eraseSession(merge.visitor);
  return merges.filter(lasting);
}

/** Erases the visitors that turned out to be this user until then. Rejects where there are more than can be erased at once; the next call goes on. */
export async function eraseVisitorsOf(user: string, untilMs: number, { traces, eraseSession }: MergeStores): Promise<void> {
  const visitors = await traces.visitorsOf(user, untilMs, LIMITS.erasedVisitors + 1);
  for (const visitor of visitors.slice(0, LIMITS.erasedVisitors)) {
    await eraseSession(visitor);
    await traces.forgetMerge(visitor);
  }
  if (visitors.length > LIMITS.erasedVisitors) throw new Error(`there are more visitors of a user to erase than ${LIMITS.erasedVisitors}`);
}
