import type { Source } from './source.ts';

const CANDIDATES = 200;

/** The transformer's nearest items, out of the whole catalogue. */
export const transformer: Source = ({ serving, session, permitted }, { user }) =>
  user ? serving.scanner.nearest(user, CANDIDATES + session.seen.size, permitted) : [];
