import type { Source } from './source.ts';

const CANDIDATES = 100;

/** What people turned to lately, as far as this isolate has heard of it. */
export const trending: Source = ({ request, serving, permitted }) => {
  const rows: number[] = [];
  for (const { item } of request.counts.trending ?? []) {
    if (rows.length === CANDIDATES) break;
    const row = serving.snapshot.rowOf.get(item);
    if (row !== undefined && permitted?.[row] !== 0) rows.push(row);
  }
  return rows;
};
