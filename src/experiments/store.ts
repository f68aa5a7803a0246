import type { Experiment } from './experiment.ts';
import type { VariantSums } from './report.ts';

/** How long an isolate goes by what it knows before it reads again, after a response: how soon an experiment is off everywhere. */
const FRESH_MS = 30_000;

/** Reads an experiment as it was stored; throws on one that this build does not understand. */
type Parse<Overrides> = (body: unknown) => Experiment<Overrides>;

/** The experiments of a tenant in D1, with what each user of them saw and did (`feedback/` counts that), and those an isolate knows. */
export class Experiments<Overrides> {
  private readonly database: D1Database;
  private readonly tenant: string;
  private readonly parse: Parse<Overrides>;
  private list: readonly Experiment<Overrides>[] = [];
  private readMs = -Infinity;

  constructor(database: D1Database, tenant: string, parse: Parse<Overrides>) {
    this.database = database;
    this.tenant = tenant;
    this.parse = parse;
  }

  /** What the isolate knows, in the order of ids; none until they were first read. Reads nothing. */
  get known(): readonly Experiment<Overrides>[] {
    return this.list;
  }

  /** Reads all of them again if it is time to; what cannot be read changes nothing and is tried again as late. Never rejects. */
  async refresh(nowMs: number): Promise<void> {
    if (nowMs - this.readMs < FRESH_MS) return;
    this.readMs = nowMs; // before any await: others need not read as well
    await this.all().then(
      (list) => void (this.list = list),
      (cause: unknown) => console.warn(JSON.stringify({ event: 'experiments_unreadable', error: String(cause) })),
    );
  }

  async all(): Promise<Experiment<Overrides>[]> {
    const { results } = await this.database
      .prepare('SELECT body FROM experiments WHERE tenant = ? ORDER BY id')
      .bind(this.tenant)
      .all<{ body: string }>();
    return results.map(({ body }) => this.parse(JSON.parse(body)));
  }

  async find(id: string): Promise<Experiment<Overrides> | undefined> {
    const body = await this.database
      .prepare('SELECT body FROM experiments WHERE tenant = ? AND id = ?')
      .bind(this.tenant, id)
      .first<string>('body');
    return body === null ? undefined : this.parse(JSON.parse(body));
  }

  /** Keeps an experiment in the place of the one with its id, as the JSON that `parse` reads. This isolate knows it at once. */
  async put(id: string, body: object): Promise<void> {
    await this.database
      .prepare('INSERT INTO experiments VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body')
      .bind(this.tenant, id, JSON.stringify(body))
      .run();
    await this.reread();
  }

  /** Forgets an experiment and what was measured of it. */
  async remove(id: string): Promise<void> {
    await this.database.batch([
      this.database.prepare('DELETE FROM experiments WHERE tenant = ? AND id = ?').bind(this.tenant, id),
      this.database.prepare('DELETE FROM variant_users WHERE tenant = ? AND experiment = ?').bind(this.tenant, id),
    ]);
    await this.reread();
  }

  /** Of every variant that a user was shown something of. */
  async sums(id: string): Promise<VariantSums[]> {
    const { results } = await this.database
      .prepare(
        `SELECT variant, COUNT(*) AS users, SUM(clicks > 0) AS clicked, SUM(purchases > 0) AS bought,
           SUM(impressions) AS impressions, SUM(clicks) AS clicks
         FROM variant_users WHERE tenant = ? AND experiment = ? GROUP BY variant`,
      )
      .bind(this.tenant, id)
      .all<VariantSums>();
    return results;
  }

  private async reread(): Promise<void> {
    this.list = await this.all();
  }
}
