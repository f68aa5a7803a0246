import type { Critique } from '../domain/critique.ts';
import type { DegradedPart } from '../domain/recommendation.ts';
import { LIMITS } from '../domain/limits.ts';
import type { FadingReranking } from '../domain/reranking.ts';
import { pastOf, unfinishedOf } from '../session/past.ts';
import { isRerankingDue } from '../session/reranking.ts';
import type { Sessions } from '../session/sessions.ts';

/** Whose recommendations are asked for: a stored user's, those of a history the request brings, or anybody's. */
export interface Asker {
  readonly user?: string | undefined;
  readonly history?: readonly { readonly item: string; readonly type?: string | undefined }[] | undefined;
}

/** Ids of what the asker has to do with. */
interface KnownPast {
  /** Items the user speaks for, oldest first. */
  readonly history: readonly string[];
  /** Items whose last word was against them. */
  readonly rejected: readonly string[];
  /** Begun and not finished, newest first. */
  readonly unfinished: readonly string[];
  /** Merely shown. */
  readonly shown: readonly string[];
  /** What the user said of their recommendations, oldest first. */
  readonly critiques: readonly Critique[];
  /** What a language model made of their recommendations, as far as it still counts. */
  readonly reranking?: FadingReranking;
  /** Whether enough has happened for it to be asked again. */
  readonly rerankingDue: boolean;
}

const NOTHING: KnownPast = { history: [], rejected: [], unfinished: [], shown: [], critiques: [], rerankingDue: false };

/** The past of the asker; of a user, out of the session. A session that fails or is late counts as empty, and says so in `degraded`. */
export async function readPast({ user, history = [] }: Asker, sessions: Sessions, degraded: DegradedPart[]): Promise<KnownPast> {
  if (user === undefined) return { ...NOTHING, history: history.map(({ item }) => item), unfinished: unfinishedOf(history) };
  try {
    const session = await inTime(sessions.read(user), LIMITS.sessionWaitMs);
    return {
      ...pastOf(session),
      unfinished: unfinishedOf(session.done),
      shown: session.shown.map(({ item }) => item),
      rerankingDue: isRerankingDue(session),
    };
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
