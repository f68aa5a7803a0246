import type { AttributeValue, Item } from '../../domain/item.ts';
import { firstNotBelow } from '../../kernel/search.ts';
import type { Texts } from './texts.ts';

/** Lists of numbers, one a row: row `i` has the entries `start[i] <= k < start[i + 1]`. */
export interface Lists {
  /** [rows + 1] */
  readonly start: Uint32Array;
  /** [entries] */
  readonly entry: Uint32Array;
}

/** Items by column. An item is put together when it is asked for. */
export interface ItemTable {
  readonly length: number;
  readonly ids: Texts;
  readonly titles: Texts;
  /** [items] NaN where there is none */
  readonly price: Float64Array;
  readonly createdAtMs: Float64Array;
  /** Numbers of `categoryNames`, in the order of the item. */
  readonly categories: Lists;
  readonly categoryNames: Texts;
  /** Numbers of `values`, in the order of the item. */
  readonly attributes: Lists;
  readonly attributeNames: Texts;
  /** [names + 1] The values of the attribute `n` are `firstValue[n] <= v < firstValue[n + 1]`. */
  readonly firstValue: Uint32Array;
  /** What attributes hold, each value once an attribute, as JSON. */
  readonly values: Texts;
}

export function itemAt(row: number, table: ItemTable): Item {
  const { ids, titles, price, createdAtMs, categories } = table;
  return {
    id: ids.at(row),
    title: titles.at(row),
    ...(Number.isNaN(price[row]!) ? {} : { price: price[row]! }),
    categories: Array.from(listAt(row, categories), (name) => table.categoryNames.at(name)),
    ...(Number.isNaN(createdAtMs[row]!) ? {} : { createdAtMs: createdAtMs[row]! }),
    attributes: Object.fromEntries(
      Array.from(listAt(row, table.attributes), (value) => [table.attributeNames.at(nameOf(value, table)), readValue(value, table)]),
    ),
  };
}

/** What the items hold in an attribute: reads the value of a row, undefined where it has none; undefined if no item has one. */
export function attributeOf(name: string, table: ItemTable): ((row: number) => AttributeValue | undefined) | undefined {
  const { attributes, attributeNames, firstValue } = table;
  const number = [...attributeNames].indexOf(name);
  if (number < 0) return undefined;
  const [first, end] = [firstValue[number]!, firstValue[number + 1]!];
  const known: AttributeValue[] = []; // most items share a few values
  return (row) => {
    for (let k = attributes.start[row]!; k < attributes.start[row + 1]!; k++) {
      const value = attributes.entry[k]!;
      if (value >= first && value < end) return (known[value - first] ??= readValue(value, table));
    }
    return undefined;
  };
}

function listAt(row: number, { start, entry }: Lists): Uint32Array {
  return entry.subarray(start[row], start[row + 1]);
}

function readValue(value: number, { values }: ItemTable): AttributeValue {
  return JSON.parse(values.at(value)) as AttributeValue;
}

/** The attribute that a value belongs to: the last that begins at or before it. */
function nameOf(value: number, { firstValue }: ItemTable): number {
  return firstNotBelow(firstValue, value + 1) - 1;
}
