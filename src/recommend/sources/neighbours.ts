import type { Source } from './source.ts';

const NEIGHBOURS = 100;
const TEXTS = 60;

/** What people went on to from the items of the history. */
export const rules: Source = ({ serving, session, permitted }) =>
  serving.tallies.rules.heaviest('long', NEIGHBOURS + session.seen.size, permitted);

/** What the same people had. */
export const coVisits: Source = ({ serving, session, permitted }) =>
  serving.tallies.coVisits.heaviest('long', NEIGHBOURS + session.seen.size, permitted);

/** What says the same as the newest items. */
export const texts: Source = ({ serving, session, permitted }) =>
  serving.tallies.texts.heaviest('now', TEXTS + session.seen.size, permitted);
