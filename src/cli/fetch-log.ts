import { createReadStream, createWriteStream } from 'node:fs';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { TrainingLogReader, type LogReport } from '../dataset/training-log.ts';
import { ask, type ServiceTarget } from './service.ts';

/**
 * Brings the training log of a service here as a data set, with a catalogue beside it if there is one, and gives `use` the folder, which is gone when it
 * has settled. Rejects if there is nothing in the log to learn from.
 */
export async function withTrainingLog<R>(
  target: ServiceTarget,
  items: string | undefined,
  use: (folder: string, report: LogReport) => Promise<R>,
): Promise<R> {
  const folder = await mkdtemp(join(tmpdir(), 'edgewise-log-'));
  try {
    const raw = join(folder, 'raw');
    await download(target, raw);
    const report = await writeInteractions(raw, join(folder, 'interactions.ndjson'));
    if (items !== undefined) await copyFile(items, join(folder, items.endsWith('.gz') ? 'items.ndjson.gz' : 'items.ndjson'));
    return await use(folder, report);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Writes the whole log into one file, unpacked. */
async function download(target: ServiceTarget, path: string): Promise<void> {
  let cursor: string | null = null;
  for (let first = true; first || cursor !== null; first = false) {
    const response = await ask(target, cursor === null ? '/v1/log' : `/v1/log?cursor=${encodeURIComponent(cursor)}`);
    const out = createWriteStream(path, { flags: first ? 'w' : 'a' });
    // Each answer is some gzips one behind the other, which the standard takes for one.
    await pipeline(Readable.from(bytesOf(response)), createGunzip(), out);
    cursor = response.headers.get('edgewise-cursor');
  }
}

async function writeInteractions(raw: string, path: string): Promise<LogReport> {
  const reader = new TrainingLogReader();
  for await (const line of linesOf(raw)) reader.learn(line);
  await pipeline(async function* () {
    for await (const line of linesOf(raw)) {
      const interaction = reader.read(line);
      if (interaction !== undefined) yield `${interaction}\n`;
    }
  }, createWriteStream(path));
  return reader.report;
}

const linesOf = (path: string) => createInterface({ input: createReadStream(path), crlfDelay: Infinity });

/** Node's streams can be iterated over; the types of a browser's do not say so. */
const bytesOf = ({ body }: Response) => (body ?? []) as unknown as AsyncIterable<Uint8Array>;
