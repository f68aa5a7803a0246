export interface MatchedColumns<Field extends string> {
  /** Where a field stands in a row; -1 if no column is it. */
  readonly at: (field: Field) => number;
  /** Columns that are none of the fields. */
  readonly rest: readonly number[];
}

const USER = ['userid', 'user', 'customerid', 'customer', 'visitorid', 'visitor'];
const ITEM = ['itemid', 'item', 'productid', 'product', 'movieid', 'movie', 'articleid', 'article', 'videoid', 'video'];

/** Names by which a field goes, best first, in lower case and without `_`, `-` and blanks. */
export const INTERACTION_ALIASES = {
  user: USER,
  item: ITEM,
  time: ['timestamp', 'at', 'time', 'eventtime', 'datetime', 'date', 'ts'],
  type: ['type', 'eventtype', 'event', 'action'],
  value: ['value', 'rating', 'quantity'],
};

export const ITEM_ALIASES = {
  id: ['id', ...ITEM],
  title: ['title', 'name'],
  price: ['price'],
  categories: ['categories', 'category', 'genres', 'genre'],
  created: ['createdat', 'created'],
};

/** Finds the fields of a row by the names of its columns. Of several columns for one field it is the one best named. */
export function matchColumns<Field extends string>(
  names: readonly string[],
  aliases: Readonly<Record<Field, readonly string[]>>,
): MatchedColumns<Field> {
  const plain = names.map((name) => name.toLowerCase().replace(/[_\-\s]/g, ''));
  const place = (candidates: readonly string[]) => plain.indexOf(candidates.find((name) => plain.includes(name)) ?? '\0');
  const taken = new Set(Object.values<readonly string[]>(aliases).map(place));
  return {
    at: (field) => place(aliases[field]),
    rest: [...names.keys()].filter((column) => !taken.has(column)),
  };
}
