import type { Item } from '../domain/item.ts';
import type { Dataset } from './dataset.ts';
import { DatasetError, LineFault } from './errors.ts';
import { hashDataset } from './hash.ts';
import { InteractionColumns } from './interaction-columns.ts';
import { orderByUserAndTime } from './order.ts';

/** What the `type` column of a `Dataset`, one byte an interaction, can tell apart. */
export const TYPES_MAX = 256;

/** Takes in a catalogue, then interactions in any order, and makes a `Dataset` of them. */
export class DatasetBuilder {
  readonly #items: Item[] = [];
  readonly #itemRows = new Map<string, number>();
  readonly #userRows = new Map<string, number>();
  readonly #typeRows = new Map<string, number>();
  readonly #columns = new InteractionColumns();
  #bareItems = 0;

  /** Items that only interactions name; such an item is its own title. */
  get bareItems(): number {
    return this.#bareItems;
  }

  get interactions(): number {
    return this.#columns.length;
  }

  hasUser(id: string): boolean {
    return this.#userRows.has(id);
  }

  /** Adds an item of the catalogue; throws `LineFault` if its id is taken. */
  addItem(item: Item): void {
    if (this.#itemRows.has(item.id)) throw new LineFault(`item ${JSON.stringify(item.id)} is in the catalogue already`);
    this.#itemRows.set(item.id, this.#items.push(item) - 1);
  }

  /**
   * Adds an interaction. `atMs` is whole milliseconds since 1970 UTC and `value` a 32-bit float, either NaN where the
   * source has none. Throws `DatasetError` at one type too many.
   */
  addInteraction(user: string, item: string, type: string, atMs: number, value: number): void {
    const userRow = this.#userRows.get(user) ?? addRow(this.#userRows, ownCopy(user));
    const itemRow = this.#itemRows.get(item) ?? this.#addBareItem(item);
    const typeRow = this.#typeRows.get(type) ?? addRow(this.#typeRows, ownCopy(type));
    if (typeRow >= TYPES_MAX) throw new DatasetError(`more than ${TYPES_MAX} types of interaction: is the right column the type?`);
    this.#columns.push(userRow, itemRow, typeRow, atMs, value);
  }

  /** Rows of items are in the order of the catalogue, then of first appearance; of users, of first appearance; types by name. */
  build(name: string): Dataset {
    const columns = this.#columns;
    const users = [...this.#userRows.keys()];
    const types = [...this.#typeRows.keys()].sort();
    const typeRows = Uint8Array.from(this.#typeRows.keys(), (type) => types.indexOf(type));
    const { start, source } = orderByUserAndTime(columns, users.length);

    const item = new Int32Array(source.length);
    const atMs = new Float64Array(source.length);
    const type = new Uint8Array(source.length);
    const value = new Float32Array(source.length);
    for (const [k, from] of source.entries()) {
      item[k] = columns.item[from]!;
      atMs[k] = columns.atMs[from]!;
      type[k] = typeRows[columns.type[from]!]!;
      value[k] = columns.value[from]!;
    }
    const ties = countTies(start, atMs);
    const content = { name, items: this.#items, users, start, item, atMs, type, types, value, ties };
    return { ...content, hash: hashDataset(content) };
  }

  #addBareItem(id: string): number {
    this.#bareItems++;
    const own = ownCopy(id);
    this.#items.push({ id: own, title: own, categories: [], attributes: {} });
    return addRow(this.#itemRows, own);
  }
}

function addRow(rows: Map<string, number>, id: string): number {
  const row = rows.size;
  rows.set(id, row);
  return row;
}

/** A part of a longer string keeps all of it in memory: a block of the file for each new id would be the whole file. */
function ownCopy(text: string): string {
  const copy: string = JSON.parse(JSON.stringify(text));
  return copy;
}

/** Counts the interactions that have the same user and time as the one before or behind. */
function countTies(start: Int32Array, atMs: Float64Array): number {
  let ties = 0;
  for (let u = 0; u + 1 < start.length; u++) {
    for (let k = start[u]!; k < start[u + 1]!; k++) {
      const before = k > start[u]! && atMs[k - 1] === atMs[k];
      const behind = k + 1 < start[u + 1]! && atMs[k + 1] === atMs[k];
      if (before || behind) ties++;
    }
  }
  return ties;
}
