import { findRows } from '../find.ts';
import type { Source } from './source.ts';

const CANDIDATES = 400;

/** Items with the words of the query in their titles, the most popular first. */
export const query: Source = ({ request, serving, permitted }) => findRows(request.query, CANDIDATES, serving.snapshot, permitted).rows;
