import type { Source } from './source.ts';

/** Neighbours that each table proposes in addition to one a place (decision 130). */
const RULES = 10;
const CO_VISITS = 90;
const TEXTS = 10;

/** What people went on to from the items of the history. */
export const rules: Source = ({ serving, places, permitted }) => serving.tallies.rules.heaviest('long', RULES + places, permitted);

/** What the same people had. */
export const coVisits: Source = ({ serving, places, permitted }) =>
  serving.tallies.coVisits.heaviest('long', CO_VISITS + places, permitted);

/** What says the same as the newest items. */
export const texts: Source = ({ serving, places, permitted }) => serving.tallies.texts.heaviest('now', TEXTS + places, permitted);
