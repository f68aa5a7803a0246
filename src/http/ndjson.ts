import { EdgewiseError } from '../domain/errors.ts';

/** A line that is not JSON; it is refused by whoever reads items. */
const NOT_JSON = 'not JSON';

/**
 * The values of a body with one JSON value a line, as they arrive; empty lines do not count, a line that is not JSON is given as text. Throws
 * `body_too_large` at a line of more than `lineBytes` characters or after `valuesMax` values: what came before was given by then.
 */
export async function* readNdjson(body: AsyncIterable<Uint8Array>, lineBytes: number, valuesMax: number): AsyncGenerator {
  let count = 0;
  for await (const line of readLines(body, lineBytes)) {
    if (line.trim() === '') continue;
    if (count++ === valuesMax)
      throw new EdgewiseError(
        'body_too_large',
        `A stream has at most ${valuesMax} items. The first ${valuesMax} were taken; send the rest by itself.`,
      );
    yield parse(line);
  }
}

async function* readLines(body: AsyncIterable<Uint8Array>, lineBytes: number): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop()!;
    if (rest.length > lineBytes)
      throw new EdgewiseError('body_too_large', `A line of a stream has at most ${lineBytes} characters. What came before it was taken.`);
    yield* lines;
  }
  yield rest + decoder.decode();
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return NOT_JSON;
  }
}
