import type { CatalogueItem } from '../../domain/catalogue-item.ts';
import { EdgewiseError } from '../../domain/errors.ts';
import { DELETED, type ChangeLog, type StoredItem } from './stored-item.ts';

/** Characters of one statement's parameter: D1 takes 2 MB, and a character may take three bytes. */
const STATEMENT_CHARS = 600_000;

/** An item to be kept. */
export interface ItemWrite {
  readonly item: CatalogueItem;
  /** `DELETED` deletes it. */
  readonly hash: string;
  /** When it came, unless the catalogue knows already; undefined if nobody knows. */
  readonly createdMs: number | undefined;
}

interface Row {
  readonly id: string;
  readonly seq: number;
  readonly hash: string;
  readonly content: string;
  readonly created_ms: number | null;
  readonly updated_ms: number;
}

const COLUMNS = 'id, seq, hash, content, created_ms, updated_ms';

/**
 * Items in D1, those of one tenant: the truth of every item that was written through the interface. Everything throws
 * `catalogue_unavailable` where D1 does.
 */
export class Catalogue implements ChangeLog {
  private readonly database: D1Database;
  private readonly tenant: string;

  constructor(database: D1Database, tenant: string) {
    this.database = database;
    this.tenant = tenant;
  }

  /** The item, deleted ones too; undefined if it was never written. */
  async read(id: string): Promise<StoredItem | undefined> {
    const [stored] = await this.run(`SELECT ${COLUMNS} FROM items WHERE tenant = ? AND id = ?`, id);
    return stored;
  }

  /** Those of these items that were ever written, deleted ones too. */
  async readAll(ids: readonly string[]): Promise<StoredItem[]> {
    return this.run(`SELECT ${COLUMNS} FROM items WHERE tenant = ? AND id IN (SELECT value FROM json_each(?))`, JSON.stringify(ids));
  }

  /** Items whose id comes after `id`, in the order of their ids' UTF-8, deleted ones too. */
  async after(id: string, limit: number): Promise<StoredItem[]> {
    return this.run(`SELECT ${COLUMNS} FROM items WHERE tenant = ? AND id > ? ORDER BY id LIMIT ?`, id, limit);
  }

  /**
   * Writes items of different ids and gives back those that were changed by it: not the ones that said the same already, nor, where a hash
   * is `expected`, those that have another. What one statement takes is written whole or not at all.
   */
  async write(items: readonly ItemWrite[], nowMs: number, expected?: string): Promise<StoredItem[]> {
    const statement = `INSERT INTO items (tenant, id, seq, hash, content, shown, created_ms, updated_ms)
       SELECT ?1, value ->> 0, (SELECT coalesce(max(seq), 0) FROM items WHERE tenant = ?1) + 1 + key,
              value ->> 1, value ->> 2, value ->> 3, value ->> 4, ?3
       FROM json_each(?2) WHERE true
       ON CONFLICT (tenant, id) DO UPDATE SET
         seq = excluded.seq, hash = excluded.hash, content = excluded.content, shown = excluded.shown, updated_ms = excluded.updated_ms
       WHERE hash <> excluded.hash AND (?4 IS NULL OR hash = ?4)
       RETURNING ${COLUMNS}`;
    const written: StoredItem[] = [];
    for (const some of statements(items)) {
      written.push(...(await this.run(statement, JSON.stringify(some.map(toRow)), nowMs, expected ?? null)));
    }
    return written;
  }

  async changesSince(since: number, limit: number): Promise<StoredItem[]> {
    return this.run(`SELECT ${COLUMNS} FROM items WHERE tenant = ? AND seq > ? ORDER BY seq DESC LIMIT ?`, since, limit);
  }

  async withdrawnSince(since: number, before: number, limit: number): Promise<{ id: string; seq: number }[]> {
    return this.ask<{ id: string; seq: number }>(
      'SELECT id, seq FROM items WHERE tenant = ? AND seq > ? AND seq < ? AND shown = 0 ORDER BY seq DESC LIMIT ?',
      since,
      before,
      limit,
    );
  }

  async changesBetween(since: number, upTo: number, limit: number): Promise<StoredItem[]> {
    return this.run(`SELECT ${COLUMNS} FROM items WHERE tenant = ? AND seq > ? AND seq <= ? ORDER BY seq LIMIT ?`, since, upTo, limit);
  }

  async boundary(since: number, count: number): Promise<number> {
    const [found] = await this.ask<{ last: number | null }>(
      'SELECT max(seq) AS last FROM (SELECT seq FROM items WHERE tenant = ? AND seq > ? ORDER BY seq LIMIT ?)',
      since,
      count,
    );
    return found?.last ?? since;
  }

  private async run(statement: string, ...values: (string | number | null)[]): Promise<StoredItem[]> {
    return (await this.ask<Row>(statement, ...values)).map(readRow);
  }

  private async ask<R>(statement: string, ...values: (string | number | null)[]): Promise<R[]> {
    try {
      const { results } = await this.database
        .prepare(statement)
        .bind(this.tenant, ...values)
        .all<R>();
      return results;
    } catch (cause) {
      throw new EdgewiseError('catalogue_unavailable', 'The catalogue cannot be reached. Try again.', { cause });
    }
  }
}

function readRow({ id, seq, hash, content, created_ms: createdMs, updated_ms: updatedMs }: Row): StoredItem {
  return { id, seq, hash, item: JSON.parse(content) as CatalogueItem, createdMs: createdMs ?? undefined, updatedMs };
}

function toRow({ item, hash, createdMs }: ItemWrite) {
  const shown = hash !== DELETED && item.available && !item.hidden;
  return [item.id, hash, JSON.stringify(item), Number(shown), createdMs ?? null] as const;
}

/** Consecutive items that one statement takes. */
function statements(items: readonly ItemWrite[]): ItemWrite[][] {
  const made: ItemWrite[][] = [];
  let chars = Infinity;
  for (const write of items) {
    chars += JSON.stringify(write.item).length;
    if (chars > STATEMENT_CHARS) {
      made.push([]);
      chars = 0;
    }
    made.at(-1)!.push(write);
  }
  return made;
}
