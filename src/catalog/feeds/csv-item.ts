import type { Cells } from './read-table.ts';

const LISTS = new Set(['categories', 'tags', 'markets']);
const FLAGS = new Set(['available', 'hidden']);
const TEXTS = new Set(['id', 'title', 'description', 'brand', 'currency', 'image', 'url', 'validFrom', 'validTo', 'createdAt']);

/**
 * A row as an item: columns go by the names of an item's fields, lists are written `a|b`, every other column is an attribute. Attributes are text: a
 * table cannot say which of them are numbers.
 */
export function csvItem(cells: Cells): unknown {
  const fields: [string, unknown][] = [];
  const attributes: [string, string][] = [];
  for (const [name, cell] of cells) {
    if (TEXTS.has(name)) fields.push([name, cell]);
    else if (name === 'price') fields.push([name, toNumber(cell)]);
    else if (FLAGS.has(name)) fields.push([name, toFlag(cell)]);
    else if (LISTS.has(name)) fields.push([name, cell.split('|').flatMap((entry) => entry.trim() || [])]);
    else attributes.push([name, cell]);
  }
  return Object.fromEntries([...fields, ['attributes', Object.fromEntries(attributes)]]);
}

/** A number if it is one; what is none is refused by whoever reads the item. */
export function toNumber(text: string): number | string {
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

function toFlag(text: string): boolean | string {
  return text === 'true' ? true : text === 'false' ? false : text;
}
