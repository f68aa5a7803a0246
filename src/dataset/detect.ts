import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { INTERACTION_ALIASES, matchColumns } from './columns.ts';
import { DatasetError } from './errors.ts';
import { EVENT_COLUMNS } from './formats/online-retail.ts';
import { RATINGS_DAT, U_DATA } from './formats/movielens.ts';
import { GAPPED_SEQUENCE, ITEM_TEXT_FILE, SEQUENCE } from './formats/sequences.ts';
import { shown } from './fields.ts';
import { firstLine, scanLines } from './lines.ts';
import type { Format, Source } from './source.ts';
import { delimiterOf } from '../kernel/records.ts';

interface FolderLayout {
  readonly format: Format;
  readonly interactions: string;
  readonly items: string;
  readonly itemsMayMiss: boolean;
}

const LAYOUTS: readonly FolderLayout[] = [
  { format: 'online-retail', interactions: 'events.tsv', items: 'items.tsv', itemsMayMiss: false },
  { format: 'movielens', interactions: 'ratings.csv', items: 'movies.csv', itemsMayMiss: false },
  { format: 'movielens', interactions: 'ratings.dat', items: 'movies.dat', itemsMayMiss: false },
  { format: 'movielens', interactions: 'u.data', items: 'u.item', itemsMayMiss: false },
  { format: 'csv', interactions: 'interactions.csv', items: 'items.csv', itemsMayMiss: true },
  { format: 'ndjson', interactions: 'interactions.ndjson', items: 'items.ndjson', itemsMayMiss: true },
];

/**
 * Finds the files of the data set at `path`. In a folder their names tell the format, of a single file its first line. Any
 * file may be gzip, with `.gz` behind its name. Throws `DatasetError` if there is no data set or more than one.
 */
export async function detectSource(path: string, format: Format | 'auto'): Promise<Source> {
  const found = await stat(path).catch((cause) => {
    throw new DatasetError(`there is no file or folder ${path}`, { cause });
  });
  if (found.isDirectory()) return detectFolder(path, format);
  return { format: format === 'auto' ? await detectFile(path) : format, interactions: path, items: undefined };
}

async function detectFolder(folder: string, format: Format | 'auto'): Promise<Source> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => !entry.isDirectory()).map((entry) => entry.name);
  const sources: Source[] = [];
  for (const layout of LAYOUTS) {
    if (format !== 'auto' && format !== layout.format) continue;
    const interactions = pathOf(folder, names, layout.interactions);
    const items = pathOf(folder, names, layout.items);
    if (interactions !== undefined && (items !== undefined || layout.itemsMayMiss)) {
      sources.push({ format: layout.format, interactions, items });
    }
  }
  if (sources.length === 0 && (format === 'auto' || format === 'sequences')) {
    const interactions = await findSequences(folder, names);
    if (interactions !== undefined) sources.push({ format: 'sequences', interactions, items: pathOf(folder, names, ITEM_TEXT_FILE) });
  }

  const [source, ...others] = sources;
  if (source === undefined) throw new DatasetError(`${folder} holds no data set; looked for ${wanted(format).join(', ')}`);
  if (others.length > 0) {
    const files = sources.map(({ interactions }) => basename(interactions)).join(', ');
    throw new DatasetError(`${folder} holds several data sets (${files}): name the file, or the format if that tells them apart`);
  }
  return source;
}

/** The path of a file or of its gzip; undefined if neither is there. */
function pathOf(folder: string, names: readonly string[], name: string): string | undefined {
  const there = [name, `${name}.gz`].filter((candidate) => names.includes(candidate));
  if (there.length > 1) throw new DatasetError(`${folder} holds both ${there.join(' and ')}: keep one`);
  return there[0] === undefined ? undefined : join(folder, there[0]);
}

/** The one file of sequences among the text files; of two that name the same sequences the one that has times as well. */
async function findSequences(folder: string, names: readonly string[]): Promise<string | undefined> {
  const timed: string[] = [];
  const plain: string[] = [];
  for (const name of names.filter((candidate) => /\.txt(\.gz)?$/.test(candidate))) {
    const first = await firstLine(join(folder, name));
    if (GAPPED_SEQUENCE.test(first)) timed.push(name);
    if (SEQUENCE.test(first)) plain.push(name);
  }
  const [name, ...others] = [...timed, ...plain];
  if (name === undefined) return undefined;
  const path = join(folder, name);
  if (others.length === 0) return path;
  if (timed.length === 1 && plain.length === 1 && (await areSameSequences(path, join(folder, plain[0]!)))) return path;
  throw new DatasetError(`${folder} holds several files of sequences (${name}, ${others.join(', ')}): name one`);
}

/** Whether the second file is the first without its times. */
async function areSameSequences(timed: string, plain: string): Promise<boolean> {
  const sequences: string[] = [];
  await scanLines(
    timed,
    () => undefined,
    'utf8',
    (text = '') => sequences.push(text.split('\t')[0]!),
  );
  let same = true;
  let lines = 0;
  await scanLines(
    plain,
    () => undefined,
    'utf8',
    (text, line) => {
      same &&= text === sequences[line - 1];
      lines = line;
    },
  );
  return same && lines === sequences.length;
}

async function detectFile(path: string): Promise<Format> {
  const first = await firstLine(path);
  if (first === '') throw new DatasetError(`${basename(path)}: is empty, or its first line is`);
  if (first.startsWith('{')) return 'ndjson';
  if (SEQUENCE.test(first) || GAPPED_SEQUENCE.test(first)) return 'sequences';
  if (RATINGS_DAT.test(first) || U_DATA.test(first)) return 'movielens';
  if (first === EVENT_COLUMNS.join('\t')) return 'online-retail';
  const names = first.split(delimiterOf(first)).map((name) => name.replaceAll('"', ''));
  const { at } = matchColumns(names, INTERACTION_ALIASES);
  if (at('user') !== -1 && at('item') !== -1) return 'csv';
  throw new DatasetError(`${basename(path)}: its first line ${shown(first)} is of no known format`);
}

function wanted(format: Format | 'auto'): string[] {
  const layouts = LAYOUTS.filter((layout) => format === 'auto' || format === layout.format);
  const files = layouts.map(({ interactions, items, itemsMayMiss }) => `${interactions}${itemsMayMiss ? '' : ` + ${items}`}`);
  return format === 'auto' || format === 'sequences' ? [...files, 'a .txt of lines "user item item …" in numbers'] : files;
}
