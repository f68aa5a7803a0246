import type { Entry } from '../catalog/feeds/entry.ts';
import { parseEntry } from '../catalog/feeds/read-ndjson.ts';
import { EdgewiseError } from '../domain/errors.ts';
import { decodeText, readLines } from '../kernel/lines.ts';

/**
 * The values of a body with one JSON value a line, as they arrive, each with the number of its line, from 1; empty lines are counted and hold
 * none, one that is not JSON is a fault. Throws `body_too_large` at a line of more than `lineChars` characters or after `valuesMax` values:
 * what came before was given by then.
 */
export async function* readNdjson(body: AsyncIterable<Uint8Array>, lineChars: number, valuesMax: number): AsyncGenerator<Entry, void> {
  let [line, count] = [0, 0];
  for await (const written of readLines(decodeText(body, new TextDecoder()), lineChars)) {
    line++;
    if (written === undefined)
      throw new EdgewiseError(
        'body_too_large',
        `A line of a stream has at most ${lineChars} characters, line ${line} has more. What came before it was taken.`,
      );
    if (written.trim() === '') continue;
    if (count++ === valuesMax)
      throw new EdgewiseError(
        'body_too_large',
        `A stream has at most ${valuesMax} items. The first ${valuesMax} were taken; send the rest, from line ${line} on, by itself.`,
      );
    yield parseEntry(written, line);
  }
}
