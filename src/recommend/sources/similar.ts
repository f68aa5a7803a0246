import type { Source } from './source.ts';

/** What is asked of each item, and of how many of them at most. */
const NEAREST = 60;
const ITEMS = 5;

/** Items whose vectors point the way of those that the answer is about; of the newest of the history if it is about none. */
export const similar: Source = ({ serving, session, about, permitted }) => {
  const { scanner, snapshot } = serving;
  const vector = new Float32Array(snapshot.vectors.dims);
  const rows: number[] = [];
  for (const row of (about.length > 0 ? about : session.counted.slice(-1)).slice(-ITEMS)) {
    scanner.read(row, vector, 0);
    rows.push(...scanner.nearest(vector, NEAREST, permitted));
  }
  return rows;
};
