import type { Exposure, Merge, StreamedInteraction, TrendingItem, TrendingQuery } from '../domain/feedback.ts';
import { LIMITS } from '../domain/limits.ts';
import { trendAt } from './decay.ts';
import { ALL, type Increments } from './tally.ts';

/** Rows of one statement: each may take some kilobytes, and D1 takes 2 MB in a parameter. */
const ROWS_AT_ONCE = 400;

/** The counters of a tenant in D1, and what has to be remembered beside them to count once and to erase. */
export class Counters {
  private readonly database: D1Database;
  private readonly tenant: string;

  constructor(database: D1Database, tenant: string) {
    this.database = database;
    this.tenant = tenant;
  }

  /** Those that were neither counted yet nor erased since. */
  async uncounted(interactions: readonly StreamedInteraction[]): Promise<StreamedInteraction[]> {
    const counted = new Set<string>();
    for (const some of slices(interactions)) {
      const { results } = await this.database
        .prepare(
          `SELECT counted.user, counted.id FROM json_each(?1) AS sent
           JOIN counted ON counted.tenant = ?2 AND counted.user = sent.value ->> 0 AND counted.id = sent.value ->> 1`,
        )
        .bind(JSON.stringify(some.map(({ user, id }) => [user, id])), this.tenant)
        .all<{ user: string; id: string }>();
      for (const { user, id } of results) counted.add(JSON.stringify([user, id]));
    }
    const erased = await this.erasedUntilMs(interactions.map(({ user }) => user));
    return interactions.filter(
      ({ user, id, receivedMs }) => !counted.has(JSON.stringify([user, id])) && receivedMs > (erased.get(user) ?? -Infinity),
    );
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

  /** Adds to all counters and remembers the interactions as counted, in one transaction; rejects if one of them already was. */
  async count(
    interactions: readonly StreamedInteraction[],
    { trends, clicks, exposures, coVisits }: Increments,
    nowMs: number,
  ): Promise<void> {
    const forgetMs = nowMs - LIMITS.countedMs;
    await this.database.batch([
      ...this.insert(
        'counted',
        '->> 0, value ->> 1, value ->> 2',
        '',
        interactions.map(({ user, id }) => [user, id, nowMs]),
      ),
      ...this.insert(
        'trends',
        '->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4',
        'WHERE true ON CONFLICT DO UPDATE SET popularity = popularity + excluded.popularity, trend = trend + excluded.trend',
        trends,
      ),
      ...this.insert(
        'clicks',
        '->> 0, value ->> 1, value ->> 2',
        'WHERE true ON CONFLICT DO UPDATE SET impressions = impressions + excluded.impressions, clicks = clicks + excluded.clicks',
        clicks,
      ),
      ...this.insert(
        'exposures',
        '->> 0, value ->> 1, value ->> 2',
        'WHERE true ON CONFLICT DO UPDATE SET impressions = impressions + excluded.impressions, clicks = clicks + excluded.clicks',
        exposures,
      ),
      ...this.insert(
        'co_visits',
        '->> 0, value ->> 1, value ->> 2',
        'WHERE true ON CONFLICT DO UPDATE SET visits = visits + excluded.visits',
        coVisits,
      ),
      this.database.prepare('DELETE FROM counted WHERE counted_ms < ?').bind(forgetMs),
      this.database.prepare('DELETE FROM erasures WHERE until_ms < ?').bind(forgetMs),
    ]);
  }

  /** Items with the highest trend of a country and a category, each `ALL` if absent; scores in interactions of weight 1 now. */
  async trending({ country = ALL, category = ALL }: TrendingQuery, nowMs: number): Promise<TrendingItem[]> {
    const { results } = await this.database
      .prepare('SELECT item, trend FROM trends WHERE tenant = ? AND country = ? AND category = ? ORDER BY trend DESC LIMIT ?')
      .bind(this.tenant, country, category, LIMITS.trendingRead)
      .all<{ item: string; trend: number }>();
    return results.map(({ item, trend }) => ({ item, score: trendAt(trend, nowMs) }));
  }

  /** How often each of these items was shown and turned to, by its id; without those that never were. */
  async exposures(items: readonly string[]): Promise<ReadonlyMap<string, Exposure>> {
    const { results } = await this.database
      .prepare(
        'SELECT item, impressions, clicks FROM json_each(?1) AS asked JOIN exposures ON exposures.tenant = ?2 AND item = asked.value',
      )
      .bind(JSON.stringify(items), this.tenant)
      .all<Exposure & { item: string }>();
    return new Map(results.map(({ item, impressions, clicks }) => [item, { impressions, clicks }]));
  }

  /** Remembers which users an object of the log is going to hold. */
  async indexLog(key: string, users: readonly string[]): Promise<void> {
    await this.database.batch(
      this.insert(
        'log_objects',
        '->> 0, value ->> 1',
        '',
        users.map((user) => [user, key]),
      ),
    );
  }

  /** From now on what the user did until then is dropped; forgets which of it was counted. */
  async recordErasure(user: string, untilMs: number): Promise<void> {
    await this.database.batch([
      this.database
        .prepare('INSERT INTO erasures VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET until_ms = max(until_ms, excluded.until_ms)')
        .bind(this.tenant, user, untilMs),
      this.database.prepare('DELETE FROM counted WHERE tenant = ? AND user = ?').bind(this.tenant, user),
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

  private insert(table: string, columns: string, rest: string, rows: readonly (readonly (string | number)[])[]): D1PreparedStatement[] {
    const statement = this.database.prepare(`INSERT INTO ${table} SELECT ?2, value ${columns} FROM json_each(?1) ${rest}`);
    return slices(rows).map((some) => statement.bind(JSON.stringify(some), this.tenant));
  }
}

function slices<T>(all: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(all.length / ROWS_AT_ONCE) }, (_, at) => all.slice(at * ROWS_AT_ONCE, (at + 1) * ROWS_AT_ONCE));
}
