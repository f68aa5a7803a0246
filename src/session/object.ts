import { DurableObject } from 'cloudflare:workers';
import type { Critique, Wish } from '../domain/critique.ts';
import type { FeedbackMessage, Merge } from '../domain/feedback.ts';
import type { Interaction } from '../domain/interaction.ts';
import { LIMITS } from '../domain/limits.ts';
import type { Reranking } from '../domain/reranking.ts';
import { activeCritiques, addCritique, refineCritiques, removeCritique } from './critiques.ts';
import { joinSessions } from './join.ts';
import { messagesOf } from './messages.ts';
import { knownPastOf, type KnownPast } from './past.ts';
import { askReranking, keepReranking } from './reranking.ts';
import { EMPTY_SESSION, isEmpty, reduceAll, without, type Session } from './session.ts';

/** What the object needs of its Worker. */
export interface SessionEnv {
  readonly INTERACTIONS: Queue<FeedbackMessage>;
}

const SESSION_KEY = 'session';
const EXPIRES_KEY = 'expiresMs';
const OWNER_KEY = 'owner';
const OUTBOX = 'outbox/';
/** Messages wait this long for company before they are sent, and this long after the queue refused them. */
const SEND_AFTER_MS = 1_000;
const SEND_AGAIN_MS = 30_000;
/** Messages sent by one alarm at most; the next one comes at once. */
const SENT_AT_ONCE = 100;

/**
 * The session of one user, and what of it the queue has not taken yet. An interaction and its place in the outbox are stored
 * together before `record` resolves; the alarm sends the outbox, again and again until the queue has it, and at last lets the
 * session expire.
 */
export class SessionObject extends DurableObject<SessionEnv> {
  private session: Session | undefined;
  /** Of the session as it is. */
  private known: KnownPast | undefined;

  read(): Session {
    return (this.session ??= this.ctx.storage.kv.get<Session>(SESSION_KEY) ?? EMPTY_SESSION);
  }

  /** What answers need of the session. */
  past(): KnownPast {
    return (this.known ??= knownPastOf(this.read()));
  }

  /** Stores interactions and returns how many of them were new; rejects if they could not be stored. */
  async record(tenant: string, interactions: readonly Interaction[], nowMs: number): Promise<number> {
    const { session, fresh } = reduceAll(this.read(), interactions, nowMs);
    if (fresh.length > 0) await this.store(session, messagesOf(tenant, fresh, session), nowMs);
    return fresh.length;
  }

  /** Keeps critiques, in this order, and returns all that count now. */
  async critique(added: readonly Critique[], nowMs: number): Promise<readonly Critique[]> {
    return this.keepCritiques(added.reduce(addCritique, this.read().critiques ?? []), nowMs);
  }

  /** Forgets a critique, if there is one of this id, and returns those that count now. */
  async uncritique(id: string, nowMs: number): Promise<readonly Critique[]> {
    return this.keepCritiques(removeCritique(this.read().critiques ?? [], id), nowMs);
  }

  /** Puts wishes in the place of the critiques with these ids, see `refineCritiques`. */
  async refine(ids: readonly string[], wishes: readonly Wish[], nowMs: number): Promise<void> {
    const critiques = this.read().critiques ?? [];
    const refined = refineCritiques(critiques, ids, wishes);
    if (refined !== critiques) await this.keepCritiques(refined, nowMs);
  }

  /** Whether a reranking is due; whoever is told so is to see to it. */
  async askReranking(nowMs: number): Promise<boolean> {
    const asked = askReranking(this.read());
    if (asked) await this.store(asked, [], nowMs);
    return asked !== undefined;
  }

  /** Keeps a reranking, if it is of this session: see `keepReranking`. */
  async keepReranking(reranking: Reranking, nowMs: number): Promise<void> {
    const session = this.read();
    const kept = keepReranking(session, reranking);
    if (kept !== session) await this.store(kept, [], nowMs);
  }

  private async keepCritiques(critiques: readonly Critique[], nowMs: number): Promise<readonly Critique[]> {
    const active = activeCritiques(critiques, nowMs);
    await this.store({ ...this.read(), critiques: active }, [], nowMs);
    return active;
  }

  /** Forgets the user, here at once and through the queue everywhere else. */
  async erase(tenant: string, user: string, nowMs: number): Promise<void> {
    const { kv } = this.ctx.storage;
    const unsent = Array.from(kv.list({ prefix: OUTBOX }), ([key]) => key);
    for (const key of unsent) kv.delete(key);
    kv.delete(OWNER_KEY);
    await this.store(EMPTY_SESSION, [{ kind: 'erase', tenant, user, untilMs: nowMs }], nowMs);
  }

  /** The session of a visitor, who is this user from now on and nobody else's; undefined if the visitor is somebody else's already. */
  async handOver({ tenant, visitor, user, atMs }: Merge & { tenant: string }): Promise<Session | undefined> {
    const { kv } = this.ctx.storage;
    const session = this.read();
    const owner = kv.get<string>(OWNER_KEY);
    if (owner === undefined) {
      kv.put(OWNER_KEY, user);
      await this.store(session, [{ kind: 'merge', tenant, visitor, user, atMs }], atMs);
    }
    return owner === undefined || owner === user ? session : undefined;
  }

  /** Takes over what a visitor did and said, which the queue has been told of already; returns how much of what was done was new. */
  async absorb(user: string, theirs: Session, nowMs: number): Promise<number> {
    const before = this.read();
    const { session, fresh } = joinSessions(before, theirs, user, nowMs);
    if (session !== before) await this.store(session, [], nowMs);
    return fresh.length;
  }

  /** Drops what a user has taken over; what came since stays. */
  async letGo(ids: readonly string[], nowMs: number): Promise<void> {
    await this.store(without(this.read(), new Set(ids)), [], nowMs);
  }

  /** Everything here is written without an await in between, so it is stored whole or not at all. */
  private async store(session: Session, messages: readonly FeedbackMessage[], nowMs: number): Promise<void> {
    const { kv } = this.ctx.storage;
    this.session = session;
    this.known = undefined;
    kv.put(SESSION_KEY, session);
    const isNothing = isEmpty(session) && kv.get(OWNER_KEY) === undefined;
    kv.put(EXPIRES_KEY, isNothing ? nowMs : nowMs + LIMITS.sessionTtlMs);
    for (const message of messages) kv.put(OUTBOX + crypto.randomUUID(), message);
    await this.ctx.storage.setAlarm(nowMs + SEND_AFTER_MS);
  }

  override async alarm(): Promise<void> {
    const sent = await this.sendOutbox();
    const { kv } = this.ctx.storage;
    const nowMs = Date.now();
    const expiresMs = kv.get<number>(EXPIRES_KEY) ?? nowMs;
    if (!sent) await this.ctx.storage.setAlarm(nowMs + SEND_AGAIN_MS);
    else if (this.outbox(1).length > 0) await this.ctx.storage.setAlarm(nowMs);
    else if (expiresMs > nowMs) await this.ctx.storage.setAlarm(expiresMs);
    else await this.expire();
  }

  /** Whether the queue took every message it was given. */
  private async sendOutbox(): Promise<boolean> {
    try {
      for (const [key, message] of this.outbox(SENT_AT_ONCE)) {
        await this.env.INTERACTIONS.send(message);
        this.ctx.storage.kv.delete(key);
      }
      return true;
    } catch (cause) {
      console.warn(JSON.stringify({ event: 'queue_refused', error: String(cause) }));
      return false;
    }
  }

  private outbox(limit: number): [string, FeedbackMessage][] {
    return [...this.ctx.storage.kv.list<FeedbackMessage>({ prefix: OUTBOX, limit })];
  }

  private async expire(): Promise<void> {
    this.session = this.known = undefined;
    await this.ctx.storage.deleteAll();
  }
}
