import type { AttributeValue, Item, ItemList } from '../../domain/item.ts';
import { remember } from '../../kernel/remember.ts';
import { IdIndex, type RowOf } from './id-index.ts';
import { attributeOf, itemAt, type ItemTable } from './item-table.ts';
import { mergeCategories, mergeNumbers, type Categories, type Later } from './merge-columns.ts';
import { packItems } from './pack-items.ts';

/** The items of a version by row: a table, and over it perhaps a small one of what changed and what came since. */
export class Items implements ItemList {
  readonly length: number;
  readonly rowOf: RowOf;
  /** [items] NaN where there is none */
  readonly price: Float64Array;
  readonly createdAtMs: Float64Array;
  private readonly table: ItemTable;
  private readonly tableRowOf: RowOf;
  private readonly later: Later | undefined;
  /** The row of the later table by the row of the version. */
  private readonly laterAt: ReadonlyMap<number, number>;
  private merged: Categories | undefined;
  private readonly knownIds = new Map<number, string>();
  private readonly knownTitles = new Map<number, string>();

  constructor(table: ItemTable, tableRowOf: RowOf = new IdIndex(table.ids), later?: Later) {
    this.table = table;
    this.tableRowOf = tableRowOf;
    this.later = later;
    this.laterAt = new Map(later && Array.from(later.rows, (row, at) => [row, at]));
    this.length = later ? later.rows.reduce((length, row) => Math.max(length, row + 1), table.length) : table.length;
    this.rowOf = later ? joinRowOf(tableRowOf, later) : tableRowOf;
    this.price = later ? mergeNumbers(table.price, later.table.price, later.rows, this.length) : table.price;
    this.createdAtMs = later ? mergeNumbers(table.createdAtMs, later.table.createdAtMs, later.rows, this.length) : table.createdAtMs;
  }

  static of(items: readonly Item[]): Items {
    return new Items(packItems(items, items.length));
  }

  /** The same with other items in some rows; rows from `length` on are new and follow each other. */
  with(changed: ReadonlyMap<number, Item>): Items {
    const all = new Map([...this.laterAt.keys()].map((row) => [row, this.at(row)] as const));
    for (const [row, item] of changed) all.set(row, item);
    const later = { table: packItems(all.values(), all.size), rows: Uint32Array.from(all.keys()) };
    return new Items(this.table, this.tableRowOf, later);
  }

  /** `row` is one of the version. */
  at(row: number): Item {
    const at = this.laterAt.get(row);
    return at === undefined ? itemAt(row, this.table) : itemAt(at, this.later!.table);
  }

  /** Reads as `idOf` and `titleOf` do, for whoever reads those of all rows: nothing is remembered. */
  readText(row: number, column: 'ids' | 'titles'): string {
    const at = this.laterAt.get(row);
    return at === undefined ? this.table[column].at(row) : this.later!.table[column].at(at);
  }

  idOf(row: number): string {
    return this.knownIds.get(row) ?? remember(row, this.readText(row, 'ids'), this.knownIds, TEXTS_REMEMBERED);
  }

  titleOf(row: number): string {
    return this.knownTitles.get(row) ?? remember(row, this.readText(row, 'titles'), this.knownTitles, TEXTS_REMEMBERED);
  }

  /** Reads what the items of rows hold in an attribute, undefined where they have none; undefined itself if no item has one. */
  attribute(name: string): ((row: number) => AttributeValue | undefined) | undefined {
    const before = attributeOf(name, this.table);
    const after = this.later && attributeOf(name, this.later.table);
    if (this.laterAt.size === 0 || (!before && !after)) return before;
    return (row) => {
      const at = this.laterAt.get(row);
      return at === undefined ? before?.(row) : after?.(at);
    };
  }

  /** Which categories the items are in [items]. */
  get categories(): Categories {
    const { table, later, length } = this;
    return (this.merged ??= later ? mergeCategories(table, later, length) : { ...table.categories, names: [...table.categoryNames] });
  }

  *[Symbol.iterator](): Generator<Item, void> {
    for (let row = 0; row < this.length; row++) yield this.at(row);
  }
}

/** Answers name the same few items again and again, and to decode a text takes longer than to find it. */
const TEXTS_REMEMBERED = 4_096;

/** The rows of all ids; that of a changed item is found in both. */
function joinRowOf(tableRowOf: RowOf, { table, rows }: Later): RowOf {
  const added = new IdIndex(table.ids);
  const get = (id: string) => {
    const at = added.get(id);
    return at === undefined ? tableRowOf.get(id) : rows[at];
  };
  return { get, has: (id) => get(id) !== undefined };
}
