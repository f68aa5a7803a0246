import { EdgewiseError } from '../domain/errors.ts';
import { decodeText, readLines } from '../kernel/lines.ts';

/** A line that is not JSON; it is refused by whoever reads items. */
const NOT_JSON = 'not JSON';

/**
 * The values of a body with one JSON value a line, as they arrive; empty lines do not count, a line that is not JSON is given as text. Throws
 * `body_too_large` at a line of more than `lineChars` characters or after `valuesMax` values: what came before was given by then.
 */
export async function* readNdjson(body: AsyncIterable<Uint8Array>, lineChars: number, valuesMax: number): AsyncGenerator {
  let count = 0;
  for await (const line of readLines(decodeText(body, new TextDecoder()), lineChars)) {
    if (line === undefined)
      throw new EdgewiseError('body_too_large', `A line of a stream has at most ${lineChars} characters. What came before it was taken.`);
    if (line.trim() === '') continue;
    if (count++ === valuesMax)
      throw new EdgewiseError(
        'body_too_large',
        `A stream has at most ${valuesMax} items. The first ${valuesMax} were taken; send the rest by itself.`,
      );
    yield parse(line);
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return NOT_JSON;
  }
}
