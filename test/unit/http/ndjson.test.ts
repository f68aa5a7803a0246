import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LIMITS } from '../../../src/domain/limits.ts';
import { readNdjson } from '../../../src/http/ndjson.ts';

async function* streamOf(chunks: readonly Uint8Array[]) {
  yield* chunks;
}

test('gives the values of lines, wherever the stream is cut', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.jsonValue()), fc.integer({ min: 1, max: 9 }), async (values, size) => {
      const bytes = new TextEncoder().encode(values.map((value) => `${JSON.stringify(value)}\n\n`).join(''));
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.subarray(at * size, (at + 1) * size));
      const read = await Array.fromAsync(readNdjson(streamOf(chunks), 1_000_000, 1_000));
      const entries = values.map((value, at) => ({ value, place: { line: 2 * at + 1 } }));
      expect(read).toEqual(JSON.parse(JSON.stringify(entries)));
    }),
  );
});

test('up to so many of them', async () => {
  const lines = (count: number) => streamOf([new TextEncoder().encode('1\n'.repeat(count))]);
  let count = 0;
  for await (const entry of readNdjson(lines(LIMITS.streamedItems), LIMITS.itemBytes, LIMITS.streamedItems))
    count += Number('value' in entry && entry.value);
  expect(count).toBe(LIMITS.streamedItems);
  const tooMany = Array.fromAsync(readNdjson(lines(LIMITS.streamedItems + 1), LIMITS.itemBytes, LIMITS.streamedItems));
  await expect(tooMany).rejects.toMatchObject({ code: 'body_too_large' });
});
