import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

import { DatasetError } from './errors.ts';

const CHUNK_BYTES = 256 * 1024;

/**
 * The content of a file, unpacked if it is gzip (told by its first bytes, whatever its name) and without a byte order mark.
 * `onBytes` hears of the bytes as stored. Throws `DatasetError` for a damaged gzip stream and for UTF-16.
 */
export async function* readBytes(path: string, onBytes: (bytes: number) => void): AsyncGenerator<Buffer> {
  const stored = storedBytes(path, onBytes);
  let first = true;
  for await (const chunk of (await isGzip(path)) ? gunzipped(path, stored) : stored) {
    yield first ? withoutMark(path, chunk) : chunk;
    first = false;
  }
}

async function* storedBytes(path: string, onBytes: (bytes: number) => void): AsyncGenerator<Buffer> {
  const stream: AsyncIterable<Buffer> = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  for await (const chunk of stream) {
    onBytes(chunk.length);
    yield chunk;
  }
}

async function* gunzipped(path: string, stored: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const unpacked = createGunzip({ chunkSize: CHUNK_BYTES });
  // A fault of either end destroys `unpacked` with it, so the loop below throws it; here it would only be heard twice.
  pipeline(Readable.from(stored), unpacked).catch(() => undefined);
  try {
    const stream: AsyncIterable<Buffer> = unpacked;
    yield* stream;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new DatasetError(`${basename(path)}: cannot be unpacked, it is damaged or cut short (${why})`, { cause });
  }
}

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await file.close();
  }
}

function withoutMark(path: string, chunk: Buffer): Buffer {
  if (chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf) return chunk.subarray(3);
  if ((chunk[0] === 0xff && chunk[1] === 0xfe) || (chunk[0] === 0xfe && chunk[1] === 0xff)) {
    throw new DatasetError(`${basename(path)}: is UTF-16; save it as UTF-8`);
  }
  return chunk;
}
