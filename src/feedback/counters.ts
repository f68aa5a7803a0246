import type { Exposure, StreamedInteraction, TrendingItem, TrendingQuery } from '../domain/feedback.ts';
import { LIMITS } from '../domain/limits.ts';
import { trendAt } from './decay.ts';
import { ALL, type Increments } from './tally.ts';

/** Rows of one statement: each may take some kilobytes, and D1 takes 2 MB in a parameter. */
const ROWS_AT_ONCE = 400;

/** The counters in D1, and what has to be remembered beside them to count once and to erase. */
export class Counters {
  private readonly database: D1Database;

  constructor(database: D1Database) {
    this.database = database;
  }

  /** Those that were neither counted yet nor erased since. */
  async uncounted(interactions: readonly StreamedInteraction[]): Promise<StreamedInteraction[]> {
    const counted = new Set<string>();
    const erased = new Map<string, number>();
    for (const some of slices(interactions)) {
      const ids = JSON.stringify(some.map(({ user, id }) => [user, id]));
      const [known, erasures] = await this.database.batch<{ user: string; id: string; until_ms: number }>([
        this.database
          .prepare(
            `SELECT counted.user, counted.id FROM json_each(?1) AS sent
             JOIN counted ON counted.user = sent.value ->> 0 AND counted.id = sent.value ->> 1`,
          )
          .bind(ids),
        this.database
          .prepare('SELECT DISTINCT erasures.user, until_ms FROM json_each(?1) AS sent JOIN erasures ON erasures.user = sent.value ->> 0')
          .bind(ids),
      ]);
      for (const { user, id } of known!.results) counted.add(JSON.stringify([user, id]));
      for (const { user, until_ms: untilMs } of erasures!.results) erased.set(user, untilMs);
    }
    return interactions.filter(
      ({ user, id, receivedMs }) => !counted.has(JSON.stringify([user, id])) && receivedMs > (erased.get(user) ?? -Infinity),
    );
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
      .prepare('SELECT item, trend FROM trends WHERE country = ? AND category = ? ORDER BY trend DESC LIMIT ?')
      .bind(country, category, LIMITS.trendingRead)
      .all<{ item: string; trend: number }>();
    return results.map(({ item, trend }) => ({ item, score: trendAt(trend, nowMs) }));
  }

  /** How often each of these items was shown and turned to, by its id; without those that never were. */
  async exposures(items: readonly string[]): Promise<ReadonlyMap<string, Exposure>> {
    const { results } = await this.database
      .prepare('SELECT item, impressions, clicks FROM json_each(?) AS asked JOIN exposures ON item = asked.value')
      .bind(JSON.stringify(items))
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
        .prepare('INSERT INTO erasures VALUES (?, ?) ON CONFLICT DO UPDATE SET until_ms = max(until_ms, excluded.until_ms)')
        .bind(user, untilMs),
      this.database.prepare('DELETE FROM counted WHERE user = ?').bind(user),
    ]);
  }

  /** Keys of log objects that hold something of the user, at most `limit`. */
  async logKeysOf(user: string, limit: number): Promise<string[]> {
    const { results } = await this.database
      .prepare('SELECT key FROM log_objects WHERE user = ? LIMIT ?')
      .bind(user, limit)
      .all<{ key: string }>();
    return results.map(({ key }) => key);
  }

  async forgetLogKey(user: string, key: string): Promise<void> {
    await this.database.prepare('DELETE FROM log_objects WHERE user = ? AND key = ?').bind(user, key).run();
  }

  /** Keeps a message that failed too often; keeping it twice is keeping it once. */
  async bury(id: string, body: unknown, nowMs: number): Promise<void> {
    await this.database.prepare('INSERT OR IGNORE INTO dead_letters VALUES (?, ?, ?)').bind(id, nowMs, JSON.stringify(body)).run();
  }

  private insert(table: string, columns: string, rest: string, rows: readonly (readonly (string | number)[])[]): D1PreparedStatement[] {
    const statement = this.database.prepare(`INSERT INTO ${table} SELECT value ${columns} FROM json_each(?1) ${rest}`);
    return slices(rows).map((some) => statement.bind(JSON.stringify(some)));
  }
}

function slices<T>(all: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(all.length / ROWS_AT_ONCE) }, (_, at) => all.slice(at * ROWS_AT_ONCE, (at + 1) * ROWS_AT_ONCE));
}
