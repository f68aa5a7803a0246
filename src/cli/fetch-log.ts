import { createReadStream, createWriteStream } from 'node:fs';
import { appendFile, copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { TrainingLogReader, type LogReport } from '../dataset/training-log.ts';
import { fetchCatalogue } from './fetch-catalogue.ts';
import { ask, type ServiceTarget } from './service.ts';

/**
 * Brings the training log of a service here as a data set, with its catalogue beside it, or the one in the file `items`, and gives `use` the folder, which is
 * gone when it has settled. Rejects if the service, its log or its catalogue cannot be read.
 */
export async function withTrainingLog<R>(
  target: ServiceTarget,
  items: string | undefined,
  use: (folder: string, report: LogReport) => Promise<R>,
): Promise<R> {
  const scratch = await mkdtemp(join(tmpdir(), 'edgewise-'));
  const folder = join(scratch, 'log'); // the data set is called as its folder is
  try {
    await mkdir(folder);
    const raw = join(scratch, 'raw');
    await download(target, raw);
    const report = await writeInteractions(raw, join(folder, 'interactions.ndjson'));
    if (items === undefined) await fetchCatalogue(target, join(folder, 'items.ndjson'));
    else await copyFile(items, join(folder, items.endsWith('.gz') ? 'items.ndjson.gz' : 'items.ndjson'));
    return await use(folder, report);
  } finally {
    await rm(scratch, { recursive: true });
  }
}

/** Writes the whole log into one file, unpacked. */
async function download(target: ServiceTarget, path: string): Promise<void> {
  await writeFile(path, '');
  for (let next: string | null = '/v1/log'; next !== null;) {
    const response = await ask(target, next);
    // Each answer is some gzips one behind the other, which the standard takes for one; of no objects it is nothing at all.
    const packed = new Uint8Array(await response.arrayBuffer());
    if (packed.length > 0) await appendFile(path, await promisify(gunzip)(packed));
    const cursor = response.headers.get('edgewise-cursor');
    next = cursor === null ? null : `/v1/log?cursor=${encodeURIComponent(cursor)}`;
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
