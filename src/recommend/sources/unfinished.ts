import type { Source } from './source.ts';

/** What the user began and did not finish. */
export const unfinished: Source = ({ unfinished, permitted }) => [...unfinished].filter((row) => permitted?.[row] !== 0);
