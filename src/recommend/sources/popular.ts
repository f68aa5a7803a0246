import type { Source } from './source.ts';

/** The most popular items: enough of them that an answer is never short of what the catalogue permits. */
export const popular: Source = ({ serving, permitted, wanted }) => {
  const rows: number[] = [];
  for (const row of serving.snapshot.byPopularity) {
    if (rows.length === wanted) break;
    if (permitted?.[row] !== 0) rows.push(row);
  }
  return rows;
};
