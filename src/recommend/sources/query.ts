import type { Source } from './source.ts';

/** Items that have the words of the query, or are near what they mean. */
export const query: Source = ({ matches }) => matches?.rows ?? [];
