import type { Items } from '../../catalog/columns/items.ts';
import type { Literal } from './filter.ts';

/** A field of all items of a catalogue. */
export interface Field {
  readonly has: (row: number) => boolean;
  /** Whether any of its values of a row passes; false where the item has none. */
  readonly some: (row: number, test: (value: Literal) => boolean) => boolean;
}

/** The field of this name: see `Filter`. */
export function readField(name: string, items: Items): Field {
  switch (name) {
    case 'id':
      return { has: always, some: (row, test) => test(items.readText(row, 'ids')) };
    case 'title':
      return { has: always, some: (row, test) => test(items.readText(row, 'titles')) };
    case 'price':
      return ofNumbers(items.price);
    case 'createdAt':
      return ofNumbers(items.createdAtMs);
    case 'category':
      return ofCategories(items);
    case 'available':
      return orElse(true, ofAttribute(name, items));
    case 'hidden':
      return orElse(false, ofAttribute(name, items));
    default:
      return ofAttribute(name, items);
  }
}

const always = () => true;
const never = () => false;

function ofNumbers(values: Float64Array): Field {
  const has = (row: number) => !Number.isNaN(values[row]!);
  return { has, some: (row, test) => has(row) && test(values[row]!) };
}

function ofCategories(items: Items): Field {
  const { start, entry, names } = items.categories;
  return {
    has: always,
    some(row, test) {
      for (let k = start[row]!; k < start[row + 1]!; k++) if (test(names[entry[k]!]!)) return true;
      return false;
    },
  };
}

/** A field that every item has: one that does not say has this value. */
function orElse(absent: Literal, { has, some }: Field): Field {
  return { has: always, some: (row, test) => (has(row) ? some(row, test) : test(absent)) };
}

function ofAttribute(name: string, items: Items): Field {
  const read = items.attribute(name);
  if (!read) return { has: never, some: never };
  return {
    has: (row) => read(row) !== undefined,
    some(row, test) {
      const value = read(row);
      if (value === undefined) return false;
      return typeof value === 'object' ? value.some(test) : test(value);
    },
  };
}
