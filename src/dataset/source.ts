/** The formats a data set may come in; `formats/` has the reader of each. */
export const FORMATS = ['online-retail', 'sequences', 'movielens', 'csv', 'ndjson'] as const;

export type Format = (typeof FORMATS)[number];

/** Files that make up a data set. */
export interface Source {
  readonly format: Format;
  readonly interactions: string;
  /** The catalogue; without one every item is its own title. */
  readonly items: string | undefined;
}
