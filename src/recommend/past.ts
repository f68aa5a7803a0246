import type { DegradedPart } from '../domain/recommendation.ts';
import { LIMITS } from '../domain/limits.ts';
import { unfinishedOf, type KnownPast } from '../session/past.ts';
import type { Sessions } from '../session/sessions.ts';

/** Whose recommendations are asked for: a stored user's, those of a history the request brings, or anybody's. */
export interface Asker {
  readonly user?: string | undefined;
  readonly history?: readonly { readonly item: string; readonly type?: string | undefined }[] | undefined;
}

const NOTHING: KnownPast = { history: [], rejected: [], unfinished: [], shown: [], critiques: [], rerankingDue: false };

/** The past of the asker; of a user, out of the session. A session that fails or is late counts as empty, and says so in `degraded`. */
export async function readPast({ user, history = [] }: Asker, sessions: Sessions, degraded: DegradedPart[]): Promise<KnownPast> {
  if (user === undefined) return { ...NOTHING, history: history.map(({ item }) => item), unfinished: unfinishedOf(history) };
  try {
    return await inTime(sessions.past(user), LIMITS.sessionWaitMs);
  } catch (cause) {
    console.warn(JSON.stringify({ event: 'session_unreadable', error: String(cause) }));
    degraded.push('session');
    return NOTHING;
  }
}

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
