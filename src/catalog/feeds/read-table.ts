import { readLines } from '../../kernel/lines.ts';
import { delimiterOf, RecordReader } from '../../kernel/records.ts';
import { tooLong, type Entry } from './entry.ts';
import { FeedFault } from './fault.ts';

/** The cells of a row by the names of their columns; empty cells are left out. */
export type Cells = ReadonlyMap<string, string>;

/** The rows of a table with a header, separated by commas, semicolons or tabs and quoted as in RFC 4180, each as `toItem` reads it. Throws `FeedFault` without a header. */
export async function* readTableFeed(
  text: AsyncIterable<string>,
  charsMax: number,
  toItem: (cells: Cells) => unknown,
): AsyncGenerator<Entry, void> {
  let names: readonly string[] | undefined;
  let entries: Entry[] = [];
  const take = (line: number, row: readonly string[] | string): boolean => {
    if (names === undefined) {
      names = usableHeader(row);
      return true;
    }
    const fault =
      typeof row === 'string' ? row : row.length === names.length ? undefined : `has ${row.length} columns, the header ${names.length}`;
    if (typeof row === 'string' || fault !== undefined) entries.push({ fault: `the line ${fault}`, place: { line } });
    else entries.push({ value: toItem(cellsOf(names, row)), place: { line } });
    return fault === undefined;
  };
  let records: RecordReader | undefined;
  let line = 0;
  for await (const written of readLines(text, charsMax)) {
    line++;
    if (written === undefined) {
      records?.end();
      entries.push(tooLong(line, charsMax));
    } else {
      records ??= new RecordReader(delimiterOf(written), true, take);
      records.line(written, line);
    }
    yield* entries;
    entries = [];
  }
  records?.end();
  yield* entries;
  if (names === undefined) throw new FeedFault('it is empty: not even a header');
}

function usableHeader(names: readonly string[] | string): readonly string[] {
  if (typeof names === 'string') throw new FeedFault(`its header ${names}`);
  const twice = names.find((name, column) => names.indexOf(name) !== column);
  if (twice !== undefined) throw new FeedFault(`two of its columns are called "${twice}"`);
  if (!names.includes('id')) throw new FeedFault(`none of its columns is called "id": they are ${names.join(', ')}`.slice(0, 300));
  return names;
}

function cellsOf(names: readonly string[], row: readonly string[]): Cells {
  return new Map(names.flatMap((name, column) => (row[column] === '' ? [] : [[name, row[column]!] as const])));
}
