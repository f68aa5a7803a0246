import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';

import type { Dataset } from '../../../src/dataset/dataset.ts';

/** A folder that holds `files` until the test ends; a text under a name in `.gz` is packed. */
export async function folderOf(files: Readonly<Record<string, string | Buffer>> = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'edgewise-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, name.endsWith('.gz') && typeof content === 'string' ? gzipSync(content) : content);
  }
  return folder;
}

/** A file that holds `content` until the test ends. */
export async function fileOf(name: string, content: string | Buffer): Promise<string> {
  return join(await folderOf({ [name]: content }), name);
}

/** Every interaction as `user item type time value`, in order; `-` for what is missing. */
export function interactionsOf(dataset: Dataset): string[] {
  const lines: string[] = [];
  for (const [row, user] of dataset.users.entries()) {
    for (let k = dataset.start[row]!; k < dataset.start[row + 1]!; k++) {
      const atMs = dataset.atMs[k]!;
      const value = dataset.value[k]!;
      const time = Number.isNaN(atMs) ? '-' : new Date(atMs).toISOString();
      const [item, type] = [dataset.items[dataset.item[k]!]!.id, dataset.types[dataset.type[k]!]!];
      lines.push(`${user} ${item} ${type} ${time} ${Number.isNaN(value) ? '-' : value}`);
    }
  }
  return lines;
}
