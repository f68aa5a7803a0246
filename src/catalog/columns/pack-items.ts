import type { Item } from '../../domain/item.ts';
import type { ItemTable, Lists } from './item-table.ts';
import { Texts, TextsWriter } from './texts.ts';

/** Puts `count` items into columns, in their order, one at a time. */
export function packItems(items: Iterable<Item>, count: number): ItemTable {
  const [ids, titles] = [new TextsWriter(), new TextsWriter()];
  const price = new Float64Array(count).fill(NaN);
  const createdAtMs = new Float64Array(count).fill(NaN);
  const categories = new ListsWriter();
  const categoryNumbers = new Map<string, number>();
  const attributes = new ListsWriter();
  /** Of each attribute the numbers of its values, all counted together. */
  const valueNumbers = new Map<string, Map<string, number>>();
  let valueCount = 0;
  let row = 0;
  for (const item of items) {
    ids.add(item.id);
    titles.add(item.title);
    price[row] = item.price ?? NaN;
    createdAtMs[row] = item.createdAtMs ?? NaN;
    for (const name of item.categories) categories.add(numberOf(name, categoryNumbers));
    categories.endRow();
    for (const [name, value] of Object.entries(item.attributes)) {
      const numbers = valueNumbers.get(name) ?? new Map<string, number>();
      valueNumbers.set(name, numbers);
      const text = JSON.stringify(value);
      const known = numbers.get(text);
      attributes.add(known ?? valueCount);
      if (known === undefined) numbers.set(text, valueCount++);
    }
    attributes.endRow();
    row++;
  }
  if (row !== count) throw new Error(`${row} items were packed as ${count}`);
  return {
    length: count,
    ids: ids.finish(),
    titles: titles.finish(),
    price,
    createdAtMs,
    categories: categories.finish(),
    categoryNames: packTexts(categoryNumbers.keys()),
    ...byName(attributes.finish(), valueNumbers, valueCount),
  };
}

/** Numbers values anew, so that those of an attribute follow each other. */
function byName(
  { start, entry }: Lists,
  valueNumbers: ReadonlyMap<string, ReadonlyMap<string, number>>,
  count: number,
): Pick<ItemTable, 'attributes' | 'attributeNames' | 'firstValue' | 'values'> {
  const renumbered = new Uint32Array(count);
  const values = new TextsWriter();
  const firstValue = [0];
  let next = 0;
  for (const numbers of valueNumbers.values()) {
    for (const [text, number] of numbers) {
      values.add(text);
      renumbered[number] = next++;
    }
    firstValue.push(next);
  }
  return {
    attributes: { start, entry: entry.map((number) => renumbered[number]!) },
    attributeNames: packTexts(valueNumbers.keys()),
    firstValue: Uint32Array.from(firstValue),
    values: values.finish(),
  };
}

class ListsWriter {
  private readonly starts = [0];
  private readonly entries: number[] = [];

  add(entry: number): void {
    this.entries.push(entry);
  }

  endRow(): void {
    this.starts.push(this.entries.length);
  }

  finish(): Lists {
    return { start: Uint32Array.from(this.starts), entry: Uint32Array.from(this.entries) };
  }
}

function numberOf(name: string, numbers: Map<string, number>): number {
  const number = numbers.get(name) ?? numbers.size;
  numbers.set(name, number);
  return number;
}

function packTexts(texts: Iterable<string>): Texts {
  const writer = new TextsWriter();
  for (const text of texts) writer.add(text);
  return writer.finish();
}
