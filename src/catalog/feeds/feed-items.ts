/** Ids of one statement. */
const IDS_AT_ONCE = 5_000;

/** Which items a feed had when it was last read to its end, in D1. */
export class FeedItems {
  private readonly database: D1Database;
  private readonly tenant: string;
  private readonly feed: string;

  constructor(database: D1Database, tenant: string, feed: string) {
    this.database = database;
    this.tenant = tenant;
    this.feed = feed;
  }

  async all(): Promise<Set<string>> {
    const ids = new Set<string>();
    for (let after = ''; ;) {
      const { results } = await this.database
        .prepare('SELECT item FROM feed_items WHERE tenant = ? AND feed = ? AND item > ? ORDER BY item LIMIT ?')
        .bind(this.tenant, this.feed, after, IDS_AT_ONCE)
        .all<{ item: string }>();
      for (const { item } of results) ids.add(item);
      if (results.length < IDS_AT_ONCE) return ids;
      after = results.at(-1)!.item;
    }
  }

  add(ids: readonly string[]): Promise<void> {
    return this.run('INSERT OR IGNORE INTO feed_items (tenant, feed, item) SELECT ?, ?, value FROM json_each(?)', ids);
  }

  remove(ids: readonly string[]): Promise<void> {
    return this.run('DELETE FROM feed_items WHERE tenant = ? AND feed = ? AND item IN (SELECT value FROM json_each(?))', ids);
  }

  private async run(statement: string, ids: readonly string[]): Promise<void> {
    for (let at = 0; at < ids.length; at += IDS_AT_ONCE) {
      const some = JSON.stringify(ids.slice(at, at + IDS_AT_ONCE));
      await this.database.prepare(statement).bind(this.tenant, this.feed, some).run();
    }
  }
}
