import type { DegradedPart } from '../domain/recommendation.ts';
import { weightOf, type InteractionWeights } from '../domain/interaction.ts';
import { LIMITS } from '../domain/limits.ts';
import { judge, knownPastOf, unfinishedOf, type KnownPast } from '../session/past.ts';
import { EMPTY_SESSION } from '../session/session.ts';
import type { Sessions } from '../session/sessions.ts';

/** One thing that was done: an item's id, which the user turned to, or how as well. */
type Entry = string | { readonly item: string; readonly type?: string | undefined; readonly value?: number | undefined };

/** Whose recommendations are asked for: a stored user's, those of a history the request brings, oldest first, or anybody's. */
export interface Asker {
  readonly user?: string | undefined;
  readonly history?: readonly Entry[] | undefined;
}

const NOTHING = knownPastOf(EMPTY_SESSION);

/**
 * The past of the asker; of a user, out of the session. A session that fails or is late counts as empty, and says so in `degraded`. Throws
 * `unknown_interaction_type` where the request's history has one.
 */
export async function readPast(
  { user, history }: Asker,
  sessions: Sessions,
  weights: InteractionWeights,
  degraded: DegradedPart[],
): Promise<KnownPast> {
  if (user === undefined) return history ? pastOfRequest(history, weights) : NOTHING;
  try {
    return await inTime(sessions.past(user), LIMITS.sessionWaitMs);
  } catch (cause) {
    console.warn(JSON.stringify({ event: 'session_unreadable', error: String(cause) }));
    degraded.push('session');
    return NOTHING;
  }
}

/** What a session would say that held these entries. */
function pastOfRequest(entries: readonly Entry[], weights: InteractionWeights): KnownPast {
  if (areIds(entries)) return { ...NOTHING, history: entries };
  const done = entries.map((entry, at) => {
    if (typeof entry === 'string') return { item: entry, weight: 1 };
    const { item, type = 'view', value } = entry;
    return { item, type, weight: weightOf({ type, value }, weights, `history[${at}]`) };
  });
  return {
    ...NOTHING,
    ...judge(done.filter(({ weight }) => weight !== 0)),
    unfinished: unfinishedOf(done),
    shown: done.filter(({ weight }) => weight === 0).map(({ item }) => item),
  };
}

const areIds = (entries: readonly Entry[]): entries is readonly string[] => {
  for (let at = 0; at < entries.length; at++) if (typeof entries[at] !== 'string') return false;
  return true;
};

/** What `promise` gives, unless that takes too long. */
async function inTime<T>(promise: Promise<T>, patienceMs: number): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`no answer after ${patienceMs} ms`)), patienceMs);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
