import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

import type { Item } from '../domain/item.ts';
import type { Dataset } from './dataset.ts';

/** Characters gathered before they are packed. */
const BLOCK_CHARS = 64 * 1024;

/**
 * Writes the normal form of a data set, which `readDataset` reads back with the same rows and hash: `items.ndjson.gz` and
 * `interactions.ndjson.gz`, a JSON object a line, times in RFC 3339. Files of these names are replaced, each at once and
 * whole. Returns their paths. `onProgress` is told how many interactions of how many are written.
 */
export async function writeDataset(
  dataset: Dataset,
  folder: string,
  onProgress?: (interactions: number, total: number) => void,
): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const items = join(folder, 'items.ndjson.gz');
  const interactions = join(folder, 'interactions.ndjson.gz');
  await writeLines(items, itemLines(dataset.items));
  await writeLines(interactions, interactionLines(dataset, onProgress));
  return [items, interactions];
}

function* itemLines(items: readonly Item[]): Generator<string> {
  for (const { id, title, price, categories, createdAtMs, attributes } of items) {
    const createdAt = createdAtMs === undefined ? undefined : new Date(createdAtMs).toISOString();
    yield JSON.stringify({ id, title, price, categories, createdAt, attributes });
  }
}

function* interactionLines(dataset: Dataset, onProgress: ((interactions: number, total: number) => void) | undefined): Generator<string> {
  const total = dataset.item.length;
  for (const [row, user] of dataset.users.entries()) {
    const end = dataset.start[row + 1]!;
    for (let k = dataset.start[row]!; k < end; k++) {
      const atMs = dataset.atMs[k]!;
      const value = dataset.value[k]!;
      yield JSON.stringify({
        user,
        item: dataset.items[dataset.item[k]!]!.id,
        type: dataset.types[dataset.type[k]!],
        at: Number.isNaN(atMs) ? undefined : new Date(atMs).toISOString(),
        value: Number.isNaN(value) ? undefined : value,
      });
    }
    onProgress?.(end, total);
  }
}

/** Writes beside `path` and renames, so that a file of this name is always a whole one. */
async function writeLines(path: string, lines: Iterable<string>): Promise<void> {
  const part = `${path}.part`;
  try {
    await pipeline(Readable.from(blocks(lines)), createGzip(), createWriteStream(part));
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

function* blocks(lines: Iterable<string>): Generator<string> {
  let block = '';
  for (const line of lines) {
    block += `${line}\n`;
    if (block.length < BLOCK_CHARS) continue;
    yield block;
    block = '';
  }
  if (block !== '') yield block;
}
