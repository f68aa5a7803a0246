import type { CatalogueItem } from '../../domain/catalogue-item.ts';
import { EdgewiseError } from '../../domain/errors.ts';

/** Characters of one statement's parameter: D1 takes 2 MB, and a character may take three bytes. */
const STATEMENT_CHARS = 600_000;

/** The hash of an item that was deleted. */
export const DELETED = '';

/** An item as the catalogue keeps it. */
export interface StoredItem {
  readonly id: string;
  /** The number of the write that made it so; of two, the larger is the later. */
  readonly seq: number;
  /** Of what it says; `DELETED` once it is deleted. */
  readonly hash: string;
  readonly item: CatalogueItem;
  readonly createdMs: number | undefined;
  readonly updatedMs: number;
}

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
export class Catalogue {
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

  /** What was written after the write `since`, the latest first, deletions too. */
  async changesSince(since: number, limit: number): Promise<StoredItem[]> {
    return this.run(`SELECT ${COLUMNS} FROM items WHERE tenant = ? AND seq > ? ORDER BY seq DESC LIMIT ?`, since, limit);
  }

  /** The number of the latest write; 0 before the first. */
  async latest(): Promise<number> {
    const [last] = await this.changesSince(0, 1);
    return last?.seq ?? 0;
  }

  private async run(statement: string, ...values: (string | number | null)[]): Promise<StoredItem[]> {
    try {
      const { results } = await this.database
        .prepare(statement)
        .bind(this.tenant, ...values)
        .all<Row>();
      return results.map(readRow);
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
