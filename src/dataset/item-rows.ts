import type { AttributeValue, Item } from '../domain/item.ts';
import { ITEM_ALIASES, matchColumns } from './columns.ts';
import { DatasetError, LineFault } from './errors.ts';
import { parseId, parseNumber, parseText, parseTimeMs, shown } from './fields.ts';

/**
 * Makes the reader of catalogue rows whose columns go by `names`; it throws `LineFault` for a row that is no item. Columns
 * without a meaning of their own are attributes; one called `attributes` may hold an object of further ones.
 */
export function itemRows(names: readonly string[]): (row: readonly unknown[]) => Item {
  const { at, rest } = matchColumns(names, ITEM_ALIASES);
  const [id, title, price, categories, created] = [at('id'), at('title'), at('price'), at('categories'), at('created')];
  return (row) => {
    const itemId = parseId(row[id], 'item');
    return {
      id: itemId,
      title: parseText(row[title], 'title', itemId),
      ...(isGiven(row[price]) && { price: parsePrice(row[price]) }),
      categories: parseCategories(row[categories]),
      ...(isGiven(row[created]) && { createdAtMs: parseTimeMs(row[created]) }),
      attributes: parseAttributes(rest.map((column) => [names[column] ?? '', row[column]])),
    };
  };
}

/** Places of the columns that are attributes. */
export function attributeColumns(names: readonly string[]): readonly number[] {
  return matchColumns(names, ITEM_ALIASES).rest;
}

/** Throws `DatasetError` if rows with these columns cannot be items. */
export function requireItemColumns(names: readonly string[]): void {
  if (matchColumns(names, ITEM_ALIASES).at('id') !== -1) return;
  throw new DatasetError(`no column is the id of the item (as id or item_id would be) among ${names.join(', ')}`);
}

/** Splits `a|b|c`. */
export function splitCategories(text: string): string[] {
  return text
    .split('|')
    .map((category) => category.trim())
    .filter((category) => category !== '');
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

function parsePrice(value: unknown): number {
  const price = parseNumber(value, 'price');
  if (price < 0) throw new LineFault(`price ${price} is negative`);
  return price;
}

function parseCategories(value: unknown): readonly string[] {
  if (!isGiven(value)) return [];
  if (typeof value === 'string') return splitCategories(value);
  if (isTextList(value)) return value;
  throw new LineFault('categories are neither a list of texts nor text separated by |');
}

function parseAttributes(columns: readonly (readonly [string, unknown])[]): Record<string, AttributeValue> {
  const pairs = columns.flatMap(([name, value]) =>
    name === 'attributes' && isObject(value) ? Object.entries(value) : [[name, value] as const],
  );
  const attributes = new Map<string, AttributeValue>();
  for (const [name, value] of pairs) {
    if (value === undefined || value === null) continue;
    if (attributes.has(name)) throw new LineFault(`attribute ${shown(name)} is given twice`);
    attributes.set(name, parseAttribute(name, value));
  }
  return Object.fromEntries(attributes);
}

function parseAttribute(name: string, value: unknown): AttributeValue {
  if (typeof value === 'number') return parseNumber(value, `attribute ${shown(name)}`);
  if (typeof value === 'string' || typeof value === 'boolean' || isTextList(value)) return value;
  throw new LineFault(`attribute ${shown(name)} is neither text, a number, true or false nor a list of texts`);
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
