import { basename } from 'node:path';

import { delimiterOf, RecordReader } from '../kernel/records.ts';
import type { ReadContext } from './context.ts';
import { DatasetError, LineFault } from './errors.ts';
import { scanLines } from './lines.ts';

/** Takes in the cells of a row; throws `LineFault` if they are not what they should be. */
export type RowReader = (row: readonly string[]) => void;

/**
 * Reads a table whose header tells its columns, separated by commas, tabs or semicolons. `open` gets their names and
 * makes the reader of the rows. Rows that it refuses, or that are not as wide as the header, are noted in `context`.
 * With `quotes` cells may be quoted as in RFC 4180, without a quote is a character like any other. Throws `DatasetError`
 * if the header cannot be used or too many rows are bad.
 */
export async function readTable(
  path: string,
  context: ReadContext,
  { quotes }: { quotes: boolean },
  open: (names: readonly string[]) => RowReader,
): Promise<void> {
  const file = basename(path);
  const log = context.openLog(path);
  let width = 0;
  let readRow: RowReader | undefined;
  let records: RecordReader | undefined;

  const opened = (names: readonly string[]) => {
    try {
      return open(names);
    } catch (cause) {
      throw cause instanceof DatasetError ? new DatasetError(`${file}: ${cause.message}`, { cause }) : cause;
    }
  };
  const take = (line: number, row: readonly string[] | string) => {
    if (readRow === undefined) {
      const names = usableHeader(row, file);
      width = names.length;
      readRow = opened(names);
      return true;
    }
    const read = readRow;
    return log.attempt(line, () => {
      if (typeof row === 'string') throw new LineFault(row);
      if (row.length !== width) throw new LineFault(`has ${row.length} columns, the header ${width}`);
      read(row);
    });
  };

  await scanLines(path, context.onBytes, 'utf8', (text, line) => {
    if (text === undefined) {
      records?.end();
      take(line, 'is not UTF-8');
      return;
    }
    records ??= new RecordReader(delimiterOf(text), quotes, take);
    records.line(text, line);
  });
  records?.end();
  if (readRow === undefined) throw new DatasetError(`${file}: is empty`);
  log.refuseAbove(context.maxBadShare);
}

function usableHeader(names: readonly string[] | string, file: string): readonly string[] {
  if (typeof names === 'string') throw new DatasetError(`${file}: the header ${names}`);
  const twice = names.find((name, column) => names.indexOf(name) !== column);
  if (twice !== undefined) throw new DatasetError(`${file}: two columns are called ${JSON.stringify(twice)}`);
  return names;
}
