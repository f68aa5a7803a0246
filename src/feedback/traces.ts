import type { Merge } from '../domain/feedback.ts';
import { insertRows, slices } from './rows.ts';

/** Where users of a tenant left traces, in D1: what erasure has to follow. */
export class Traces {
  private readonly database: D1Database;
  private readonly tenant: string;

  constructor(database: D1Database, tenant: string) {
    this.database = database;
    this.tenant = tenant;
  }

  /** Remembers which users an object of the log is going to hold. */
  async indexLog(key: string, users: readonly string[]): Promise<void> {
    const rows = users.map((user) => [user, key]);
    await this.database.batch(insertRows(this.database, this.tenant, 'log_objects', '->> 0, value ->> 1', '', rows));
  }

  /** From now on what the user did until then is dropped; forgets which of it was counted, and what experiments saw of it. */
  async recordErasure(user: string, untilMs: number): Promise<void> {
    await this.database.batch([
      this.database
        .prepare('INSERT INTO erasures VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET until_ms = max(until_ms, excluded.until_ms)')
        .bind(this.tenant, user, untilMs),
      this.database.prepare('DELETE FROM counted WHERE tenant = ? AND user = ?').bind(this.tenant, user),
      this.database.prepare('DELETE FROM variant_users WHERE tenant = ? AND user = ?').bind(this.tenant, user),
    ]);
  }

  /** Keys of log objects that hold something of the user, at most `limit`. */
  async logKeysOf(user: string, limit: number): Promise<string[]> {
    const { results } = await this.database
      .prepare('SELECT key FROM log_objects WHERE tenant = ? AND user = ? LIMIT ?')
      .bind(this.tenant, user, limit)
      .all<{ key: string }>();
    return results.map(({ key }) => key);
  }

  async forgetLogKey(user: string, key: string): Promise<void> {
    await this.database.prepare('DELETE FROM log_objects WHERE tenant = ? AND user = ? AND key = ?').bind(this.tenant, user, key).run();
  }

  /** Remembers which user visitors are; what was counted of them is not counted again if it comes as the user's. */
  async recordMerges(merges: readonly Merge[]): Promise<void> {
    if (merges.length === 0) return;
    await this.database.batch(
      merges.flatMap(({ visitor, user, atMs }) => [
        this.database.prepare('INSERT OR REPLACE INTO merges VALUES (?, ?, ?, ?)').bind(this.tenant, visitor, user, atMs),
        this.database
          .prepare('INSERT OR IGNORE INTO counted SELECT tenant, ?3, id, counted_ms FROM counted WHERE tenant = ?1 AND user = ?2')
          .bind(this.tenant, visitor, user),
      ]),
    );
  }

  /** The visitors that turned out to be a user until then, at most `limit`. */
  async visitorsOf(user: string, untilMs: number, limit: number): Promise<string[]> {
    const { results } = await this.database
      .prepare('SELECT visitor FROM merges WHERE tenant = ? AND user = ? AND merged_ms <= ? LIMIT ?')
      .bind(this.tenant, user, untilMs, limit)
      .all<{ visitor: string }>();
    return results.map(({ visitor }) => visitor);
  }

  async forgetMerge(visitor: string): Promise<void> {
    await this.database.prepare('DELETE FROM merges WHERE tenant = ? AND visitor = ?').bind(this.tenant, visitor).run();
  }

  /** Until when what users did was erased; of those of them who were. */
  async erasedUntilMs(users: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const erased = new Map<string, number>();
    for (const some of slices([...new Set(users)])) {
      const { results } = await this.database
        .prepare(
          `SELECT erasures.user, until_ms AS untilMs FROM json_each(?1) AS asked
           JOIN erasures ON erasures.tenant = ?2 AND erasures.user = asked.value`,
        )
        .bind(JSON.stringify(some), this.tenant)
        .all<{ user: string; untilMs: number }>();
      for (const { user, untilMs } of results) erased.set(user, untilMs);
    }
    return erased;
  }
}
