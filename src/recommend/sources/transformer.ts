import type { Source } from './source.ts';

const CANDIDATES = 200;

/** The transformer's nearest items, out of the whole catalogue: by the scan of memory, or as a vector index found them. */
export const transformer: Source = ({ serving, session, permitted }, { user, nearest }) =>
  nearest ?? (user ? serving.scanner.nearest(user, CANDIDATES + session.seen.size, permitted) : []);
