/** Events as a stream of bytes, one a line of JSON: what an object can hand to another isolate. */
export function encodeEvents<E>(events: AsyncGenerator<E, void>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    type: 'bytes',
    async pull(controller) {
      const { done, value } = await events.next();
      if (done) {
        controller.close();
        controller.byobRequest?.respond(0);
      } else controller.enqueue(encoder.encode(`${JSON.stringify(value)}\n`));
    },
    async cancel() {
      await events.return();
    },
  });
}

/** Reads what `encodeEvents` wrote. */
export async function* decodeEvents<E>(bytes: ReadableStream<Uint8Array>): AsyncGenerator<E, void> {
  const decoder = new TextDecoder();
  let unread = '';
  for await (const chunk of bytes) {
    const lines = (unread + decoder.decode(chunk, { stream: true })).split('\n');
    unread = lines.pop()!;
    for (const line of lines) yield JSON.parse(line) as E;
  }
}
