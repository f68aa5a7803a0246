import { writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';

import { DatasetError } from '../../../src/dataset/errors.ts';
import { LINE_BYTES_MAX } from '../../../src/dataset/lines.ts';
import { readDataset } from '../../../src/dataset/read.ts';
import { fileOf, folderOf, interactionsOf } from './files.ts';

const CSV = 'user,item\nu,i\n';

describe('gzip', () => {
  test.each([
    ['by its name', 'x.csv.gz', gzipSync(CSV)],
    ['under a plain name', 'x.csv', gzipSync(CSV)],
    ['in name only', 'x.csv.gz', Buffer.from(CSV)],
    ['in two members', 'x.csv.gz', Buffer.concat([gzipSync('user,item\n'), gzipSync('u,i\n')])],
    ['around a byte order mark', 'x.csv.gz', gzipSync(`\ufeff${CSV}`)],
  ])('%s', async (_, name, content) => {
    const { dataset } = await readDataset(await fileOf(name, content));
    expect(dataset.name).toBe('x');
    expect(interactionsOf(dataset)).toEqual(['u i interaction - -']);
  });

  test.each([
    [
      'items.tsv',
      'events.tsv',
      'item_id\ttitle\tmedian_price_gbp\tevents\n1\tA\t1\t1\n',
      'customer\tminute_utc\titem_ids_in_invoice\nu\t2020-01-01T00:00\t1\n',
    ],
    ['movies.csv', 'ratings.csv', 'movieId,title,genres\n1,A,B\n', 'userId,movieId,rating,timestamp\nu,1,1,1577836800\n'],
    ['movies.dat', 'ratings.dat', '1::A::B\n', '1::1::1::1577836800\n'],
    ['items.csv', 'interactions.csv', 'id,title\n1,A\n', 'user,item\nu,1\n'],
    ['items.ndjson', 'interactions.ndjson', '{"id":1,"title":"A"}\n', '{"user":1,"item":1}\n'],
  ])('of %s and %s in a folder, with CRLF and byte order marks', async (items, interactions, catalogue, log) => {
    const crlf = (text: string) => `\ufeff${text.replaceAll('\n', '\r\n')}`;
    const folder = await folderOf({ [`${items}.gz`]: crlf(catalogue), [`${interactions}.gz`]: crlf(log) });
    const { dataset, report } = await readDataset(folder);
    expect(dataset.items.map(({ id, title }) => `${id} ${title}`)).toEqual(['1 A']);
    expect(dataset.item.length).toBe(1);
    expect(report.badLines).toBe(0);
  });

  test('cut short or damaged is refused', async () => {
    const packed = gzipSync(Array.from({ length: 5000 }, (_, i) => `u${i} ${Math.sin(i)}`).join('\n'));
    const short = await fileOf('x.csv.gz', packed.subarray(0, packed.length - 100));
    await expect(readDataset(short, { format: 'sequences' })).rejects.toThrow(/x.csv.gz: cannot be unpacked, it is damaged or cut short/);
    packed.fill(0, 200, 220);
    await expect(readDataset(await fileOf('x.csv.gz', packed), { format: 'sequences' })).rejects.toThrow(DatasetError);
  });
});

describe('what is at the path', () => {
  test.each([
    [{}, /holds no data set; looked for events.tsv \+ items.tsv, .*interactions.csv, interactions.ndjson, a .txt of lines/],
    [{ 'ratings.csv': CSV }, /holds no data set/],
    [{ 'interactions.csv': CSV, 'interactions.ndjson': '{}' }, /several data sets \(interactions.csv, interactions.ndjson\)/],
    [{ 'interactions.csv': CSV, 'interactions.csv.gz': CSV }, /both interactions.csv and interactions.csv.gz: keep one/],
  ])('%j is refused', async (files, message) => {
    await expect(readDataset(await folderOf(files))).rejects.toThrow(message);
  });

  test('may be told apart by the format', async () => {
    const folder = await folderOf({ 'interactions.csv': CSV, 'interactions.ndjson': '{"user":"u","item":"j"}' });
    expect((await readDataset(folder, { format: 'ndjson' })).dataset.items[0]?.id).toBe('j');
    await expect(readDataset(folder, { format: 'movielens' })).rejects.toThrow('looked for ratings.csv + movies.csv, ratings.dat');
  });

  test.each([
    ['nothing', '', 'x: is empty, or its first line is'],
    ['prose', 'Dear diary\n', 'x: its first line "Dear diary" is of no known format'],
    ['an array', '[{"user":1}]', 'is of no known format'],
    ['UTF-16', Buffer.from(`\ufeff${CSV}`, 'utf16le'), 'x: is UTF-16; save it as UTF-8'],
  ])('holding %s is refused', async (_, content, message) => {
    await expect(readDataset(await fileOf('x', content))).rejects.toThrow(message);
  });

  test('must be there', async () => {
    await expect(readDataset('/nowhere/at-all')).rejects.toThrow('there is no file or folder /nowhere/at-all');
  });
});

test('a line may run over many pieces of the file, but not without end', async () => {
  const path = await fileOf('x.csv', '');
  const note = 'x'.repeat(LINE_BYTES_MAX - 'u,i,'.length);
  await writeFile(path, `user,item,note\nu,i,${note}\nv,j,x\n`);
  expect((await readDataset(path)).dataset.users).toEqual(['u', 'v']);
  await writeFile(path, `user,item,note\nu,i,${note}x\nv,j,x\n`);
  await expect(readDataset(path)).rejects.toThrow(`x.csv:2: a line of more than ${LINE_BYTES_MAX} bytes`);
});

test('progress goes up to the bytes of all files', async () => {
  const folder = await folderOf({ 'interactions.csv': CSV, 'items.csv': 'id\ni\n' });
  const seen: number[][] = [];
  await readDataset(folder, { onProgress: (bytes, totalBytes) => seen.push([bytes, totalBytes]) });
  expect(seen).toEqual([
    [5, 19],
    [19, 19],
  ]);
});
