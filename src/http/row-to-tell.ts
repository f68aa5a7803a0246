import { EdgewiseError } from '../domain/errors.ts';
import type { Serving } from '../recommend/serving.ts';

/** The row of an item that anybody may be told of, whose id stands at `path` of a request. Throws `item_not_found`. */
export function rowToTell(id: string, { snapshot, permits }: Serving, path: string): number {
  const row = snapshot.rowOf.get(id);
  if (row === undefined || permits.withholds(row))
    throw new EdgewiseError('item_not_found', `The catalogue has no item "${id}".`, { path });
  return row;
}
