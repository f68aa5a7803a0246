import type { Exposure, StreamedInteraction, TrendingItem, TrendingQuery } from '../domain/feedback.ts';
import { LIMITS } from '../domain/limits.ts';
import { trendAt } from './decay.ts';
import { insertRows, slices, type Rows } from './rows.ts';
import { ALL, type Increments } from './tally.ts';

/** The counters of a tenant in D1, and what was counted already. */
export class Counters {
  private readonly database: D1Database;
  private readonly tenant: string;

  constructor(database: D1Database, tenant: string) {
    this.database = database;
    this.tenant = tenant;
  }

  /** Those that were not counted yet. */
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
    return interactions.filter(({ user, id }) => !counted.has(JSON.stringify([user, id])));
  }

  /** Adds to all counters and remembers the interactions as counted, in one transaction; rejects if one of them already was. */
  async count(
    interactions: readonly StreamedInteraction[],
    { trends, placements, variantUsers, exposures, coVisits }: Increments,
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
        'placements',
        '->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5',
        'WHERE true ON CONFLICT DO UPDATE SET impressions = impressions + excluded.impressions, clicks = clicks + excluded.clicks',
        placements,
      ),
      ...this.insert(
        'variant_users',
        '->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5',
        `WHERE true ON CONFLICT DO UPDATE SET impressions = impressions + excluded.impressions,
           clicks = clicks + excluded.clicks, purchases = purchases + excluded.purchases`,
        variantUsers,
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

  private insert(table: string, columns: string, rest: string, rows: Rows): D1PreparedStatement[] {
    return insertRows(this.database, this.tenant, table, columns, rest, rows);
  }
}
