import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';

import { DatasetBuilder } from './builder.ts';
import { ReadContext } from './context.ts';
import type { Dataset } from './dataset.ts';
import { detectSource } from './detect.ts';
import { DatasetError } from './errors.ts';
import { readCsv } from './formats/csv.ts';
import { readMovieLens } from './formats/movielens.ts';
import { readNdjson } from './formats/ndjson.ts';
import { readOnlineRetail } from './formats/online-retail.ts';
import { readSequences } from './formats/sequences.ts';
import { BAD_LINES_KEPT, type BadLine } from './line-log.ts';
import type { Format, Source } from './source.ts';

/** Share of a file's lines that may be bad before it is refused. */
export const MAX_BAD_SHARE = 0.01;

export interface ReadOptions {
  /** `auto` tells it from the names of the files and the first line. */
  readonly format?: Format | 'auto';
  /** 0 to 1; `MAX_BAD_SHARE` if absent. */
  readonly maxBadShare?: number;
  /** Told after every piece how many bytes, as stored, have been read of how many. */
  readonly onProgress?: (bytes: number, totalBytes: number) => void;
}

/** What a reader of the data set should know and the data set itself does not say. */
export interface ImportReport {
  readonly format: Format;
  /** Names of the files read. */
  readonly files: readonly string[];
  /** Lines of all files, without headers and blank lines. */
  readonly lines: number;
  readonly badLines: number;
  /** The first bad lines, at most `BAD_LINES_KEPT`. */
  readonly firstBadLines: readonly BadLine[];
  /** Items that interactions name and the catalogue does not have; 0 where there is no catalogue. */
  readonly bareItems: number;
  /** Columns of the interactions that have no meaning here. */
  readonly ignoredColumns: readonly string[];
}

/**
 * Reads the data set in a file or folder. Bad lines are left out and reported. Throws `DatasetError` if there is none at
 * `path`, if it cannot be read, or if more than `maxBadShare` of a file's lines are bad.
 */
export async function readDataset(
  path: string,
  { format = 'auto', maxBadShare = MAX_BAD_SHARE, onProgress }: ReadOptions = {},
): Promise<{ dataset: Dataset; report: ImportReport }> {
  const source = await detectSource(path, format);
  const files = [source.items, source.interactions].filter((file) => file !== undefined);
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
  const totalBytes = sizes.reduce((sum, size) => sum + size, 0);
  let bytes = 0;
  const context = new ReadContext(maxBadShare, (more) => onProgress?.((bytes += more), totalBytes));

  const builder = new DatasetBuilder();
  await readSource(source, builder, context);
  if (builder.interactions === 0) throw new DatasetError(`${basename(source.interactions)}: holds no interaction`);
  const report: ImportReport = {
    format: source.format,
    files: files.map((file) => basename(file)),
    lines: context.logs.reduce((sum, log) => sum + log.lines, 0),
    badLines: context.logs.reduce((sum, log) => sum + log.badLines, 0),
    firstBadLines: context.logs.flatMap((log) => log.firstBad).slice(0, BAD_LINES_KEPT),
    bareItems: source.items === undefined ? 0 : builder.bareItems,
    ignoredColumns: [...context.ignoredColumns],
  };
  return { dataset: builder.build(nameOf(path)), report };
}

function readSource(source: Source, builder: DatasetBuilder, context: ReadContext): Promise<void> {
  switch (source.format) {
    case 'online-retail':
      return readOnlineRetail(source, builder, context);
    case 'sequences':
      return readSequences(source, builder, context);
    case 'movielens':
      return readMovieLens(source, builder, context);
    case 'csv':
      return readCsv(source, builder, context);
    case 'ndjson':
      return readNdjson(source, builder, context);
  }
}

/** `beauty` of `data/beauty/` and of `beauty.csv.gz`. */
function nameOf(path: string): string {
  return basename(resolve(path))
    .replace(/\.gz$/, '')
    .replace(/\.(csv|tsv|txt|ndjson|jsonl|dat|data)$/, '');
}
