import type { Source } from './source.ts';

/** Items that are proposed in addition to one a place (decision 130). */
const NEAREST = 90;

/** The transformer's nearest items, out of the whole catalogue: by the scan of memory, or as a vector index found them. */
export const transformer: Source = ({ serving, places, permitted }, { user, nearest }) => {
  if (nearest) return nearest.filter((row) => permitted?.[row] !== 0);
  return user ? serving.scanner.nearest(user, NEAREST + places, permitted) : [];
};
