import { EdgewiseError } from '../../domain/errors.ts';
import { LIMITS } from '../../domain/limits.ts';
import type { RefreshOutcome, RefreshReport } from './refresh.ts';

interface Row {
  readonly id: string;
  readonly started_ms: number;
  readonly finished_ms: number | null;
  readonly outcome: string | null;
}

/** Which refreshes there were, in D1; those of one tenant. One may run at a time. */
export class Refreshes {
  private readonly database: D1Database;
  private readonly tenant: string;

  constructor(database: D1Database, tenant: string) {
    this.database = database;
    this.tenant = tenant;
  }

  /** Writes down that one begins. Throws `refresh_running` while another does; one that began `LIMITS.refreshMs` ago counts as lost. */
  async begin(id: string, nowMs: number): Promise<void> {
    const { meta } = await this.database
      .prepare(
        `INSERT INTO refreshes (tenant, id, started_ms) SELECT ?1, ?2, ?3
         WHERE NOT EXISTS (SELECT 1 FROM refreshes WHERE tenant = ?1 AND finished_ms IS NULL AND started_ms > ?4)`,
      )
      .bind(this.tenant, id, nowMs, nowMs - LIMITS.refreshMs)
      .run();
    if (meta.changes === 0) throw new EdgewiseError('refresh_running', 'A refresh is running: GET /v1/refresh tells how far it is.');
  }

  /** Writes down how one ended, and forgets what is older than `LIMITS.refreshKeptMs`. */
  async finish(id: string, outcome: RefreshOutcome, nowMs: number): Promise<void> {
    await this.database.batch([
      this.database
        .prepare('UPDATE refreshes SET finished_ms = ?, outcome = ? WHERE tenant = ? AND id = ?')
        .bind(nowMs, JSON.stringify(outcome), this.tenant, id),
      this.database.prepare('DELETE FROM refreshes WHERE tenant = ? AND started_ms < ?').bind(this.tenant, nowMs - LIMITS.refreshKeptMs),
    ]);
  }

  /** The latest, the newest first. */
  async latest(limit: number): Promise<RefreshReport[]> {
    const { results } = await this.database
      .prepare('SELECT id, started_ms, finished_ms, outcome FROM refreshes WHERE tenant = ? ORDER BY started_ms DESC LIMIT ?')
      .bind(this.tenant, limit)
      .all<Row>();
    return results.map(readRow);
  }
}

function readRow({ id, started_ms: startedMs, finished_ms: finishedMs, outcome }: Row): RefreshReport {
  const startedAt = new Date(startedMs).toISOString();
  if (finishedMs === null || outcome === null) return { id, startedAt, outcome: 'running' };
  return { id, startedAt, finishedAt: new Date(finishedMs).toISOString(), ...(JSON.parse(outcome) as RefreshOutcome) };
}
