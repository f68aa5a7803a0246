import { readLines } from '../../kernel/lines.ts';
import { tooLong, type Entry } from './entry.ts';

/** A JSON value a line; empty lines do not count. */
export async function* readNdjsonFeed(text: AsyncIterable<string>, charsMax: number): AsyncGenerator<Entry, void> {
  let line = 0;
  for await (const written of readLines(text, charsMax)) {
    line++;
    if (written === undefined) yield tooLong(line, charsMax);
    else if (written.trim() !== '') yield parseEntry(written, line);
  }
}

/** What a JSON text says. */
export function parseEntry(json: string, line: number): Entry {
  try {
    return { value: JSON.parse(json), place: { line } };
  } catch (cause) {
    return { fault: `it is not JSON: ${(cause as Error).message}`, place: { line } };
  }
}
