/** A version in the index. */
export interface VectorVersion {
  readonly version: string;
  readonly items: number;
  /** Rows that are written. */
  readonly written: number;
  readonly ready: boolean;
}

/** What stands in the vector index, in D1; the versions of one tenant. */
export class VectorVersions {
  private readonly database: D1Database;
  private readonly tenant: string;

  constructor(database: D1Database, tenant: string) {
    this.database = database;
    this.tenant = tenant;
  }

  async all(): Promise<VectorVersion[]> {
    const { results } = await this.database
      .prepare('SELECT version, items, written, ready FROM vector_versions WHERE tenant = ?')
      .bind(this.tenant)
      .all<Omit<VectorVersion, 'ready'> & { ready: number }>();
    return results.map((row) => ({ ...row, ready: row.ready === 1 }));
  }

  async put({ version, items, written, ready }: VectorVersion): Promise<void> {
    await this.database
      .prepare('INSERT OR REPLACE INTO vector_versions (tenant, version, items, written, ready) VALUES (?, ?, ?, ?, ?)')
      .bind(this.tenant, version, items, written, Number(ready))
      .run();
  }

  async forget(version: string): Promise<void> {
    await this.database.prepare('DELETE FROM vector_versions WHERE tenant = ? AND version = ?').bind(this.tenant, version).run();
  }
}
