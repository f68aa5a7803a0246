import type { FeedbackMessage } from '../domain/feedback.ts';
import { LIMITS } from '../domain/limits.ts';

/** A message that failed too often. */
export interface DeadLetter {
  readonly id: string;
  readonly diedMs: number;
  readonly message: FeedbackMessage;
}

/** The messages of a tenant that failed too often, kept in D1 until they are given to the queue again. */
export class DeadLetters {
  private readonly database: D1Database;
  private readonly tenant: string;

  constructor(database: D1Database, tenant: string) {
    this.database = database;
    this.tenant = tenant;
  }

  /** Keeps a message; keeping it twice is keeping it once. */
  async bury(id: string, message: FeedbackMessage, nowMs: number): Promise<void> {
    await this.database
      .prepare('INSERT OR IGNORE INTO dead_letters (id, died_ms, body, tenant) VALUES (?, ?, ?, ?)')
      .bind(id, nowMs, JSON.stringify(message), this.tenant)
      .run();
  }

  async count(): Promise<number> {
    return (await this.database.prepare('SELECT count(*) FROM dead_letters WHERE tenant = ?').bind(this.tenant).first<number>('count(*)'))!;
  }

  /** Those that died first, or those of them with these ids; at most `LIMITS.deadLetters`. */
  async oldest(ids?: readonly string[]): Promise<DeadLetter[]> {
    const { results } = await this.database
      .prepare(
        `SELECT id, died_ms AS diedMs, body FROM dead_letters
         WHERE tenant = ?1 AND (?2 IS NULL OR id IN (SELECT value FROM json_each(?2))) ORDER BY died_ms, id LIMIT ?3`,
      )
      .bind(this.tenant, ids === undefined ? null : JSON.stringify(ids), LIMITS.deadLetters)
      .all<{ id: string; diedMs: number; body: string }>();
    return results.map(({ body, ...letter }) => ({ ...letter, message: JSON.parse(body) as FeedbackMessage }));
  }

  /**
   * Gives letters to the queue again, those that died first or those with these ids, and forgets them; returns how many. One that is given
   * twice because the forgetting failed is counted once all the same.
   */
  async replay(queue: Pick<Queue<FeedbackMessage>, 'send'>, ids?: readonly string[]): Promise<number> {
    const letters = await this.oldest(ids);
    for (const { id, message } of letters) {
      await queue.send(message);
      await this.database.prepare('DELETE FROM dead_letters WHERE id = ? AND tenant = ?').bind(id, this.tenant).run();
    }
    return letters.length;
  }
}
