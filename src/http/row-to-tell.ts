import { noItem } from '../catalog/items/edit-item.ts';
import type { Serving } from '../recommend/serving.ts';

/** The row of an item that anybody may be told of, whose id stands at `path` of a request. Throws `item_not_found`. */
export function rowToTell(id: string, { snapshot, permits }: Serving, path: string): number {
  const row = snapshot.rowOf.get(id);
  if (row === undefined || permits.withholds(row)) throw noItem(id, path);
  return row;
}
