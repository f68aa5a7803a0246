/** The text of bytes that arrive in pieces. Throws TypeError where a `fatal` decoder finds what is no text. */
export async function* decodeText(chunks: AsyncIterable<Uint8Array>, decoder: TextDecoder): AsyncGenerator<string, void> {
  for await (const chunk of chunks) yield decoder.decode(chunk, { stream: true });
  yield decoder.decode();
}

/** The lines of a text that arrives in pieces, without their ends. Undefined stands for one of more than `charsMax` characters, which is not kept. */
export async function* readLines(text: AsyncIterable<string>, charsMax: number): AsyncGenerator<string | undefined, void> {
  let open = '';
  let tooLong = false;
  for await (const piece of text) {
    const lines = (open + piece).split('\n');
    open = lines.pop()!;
    for (const line of lines) {
      yield tooLong || line.length > charsMax ? undefined : withoutReturn(line);
      tooLong = false;
    }
    if (open.length <= charsMax) continue;
    tooLong = true;
    open = '';
  }
  yield tooLong ? undefined : withoutReturn(open);
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
