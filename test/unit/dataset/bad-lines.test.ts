import { describe, expect, test } from 'vitest';

import { BAD_LINES_KEPT } from '../../../src/dataset/line-log.ts';
import { MAX_BAD_SHARE, readDataset } from '../../../src/dataset/read.ts';
import { RECORD_LINES_MAX } from '../../../src/kernel/records.ts';
import { fileOf, folderOf, interactionsOf } from './files.ts';

const rows = (count: number) => Array.from({ length: count }, (_, i) => `u${i},i,1577836800`);
const table = (...lines: string[]) => ['user,item,timestamp', ...lines].join('\n');

describe('the share of bad lines', () => {
  test('may be what is allowed', async () => {
    const { dataset, report } = await readDataset(await fileOf('x.csv', table(...rows(99), 'u,i,soon')));
    expect(MAX_BAD_SHARE).toBe(1 / 100);
    expect(dataset.users.length).toBe(99);
    expect(report).toMatchObject({ lines: 100, badLines: 1 });
    expect(report.firstBadLines).toEqual([
      { file: 'x.csv', line: 101, fault: 'time "soon" is neither seconds, milliseconds nor RFC 3339 with Z or an offset' },
    ]);
  });

  test('above it, the set is refused and the error lists the lines', async () => {
    const path = await fileOf('x.csv', table(...rows(98), 'u,i,', ',i,1'));
    await expect(readDataset(path)).rejects.toThrow(
      'x.csv: 2 of 100 lines are bad, more than the share of 0.01 allowed\n  x.csv:100: has no time\n  x.csv:101: has no user',
    );
    expect((await readDataset(path, { maxBadShare: 0.02 })).report.badLines).toBe(2);
  });

  test('counts for each file on its own', async () => {
    const path = await folderOf({ 'items.csv': 'id\na\n""\n', 'interactions.csv': table(...rows(1000)) });
    await expect(readDataset(path)).rejects.toThrow('items.csv: 1 of 2 lines are bad');
  });

  test('keeps the first ten bad lines and counts the others', async () => {
    const path = await fileOf('x.csv', table(...rows(1), ...Array.from({ length: 12 }, () => 'u,i')));
    const { report } = await readDataset(path, { maxBadShare: 1 });
    expect(report.badLines).toBe(12);
    expect(report.firstBadLines.map(({ line }) => line)).toEqual(Array.from({ length: BAD_LINES_KEPT }, (_, i) => i + 3));
    expect(report.firstBadLines[0]?.fault).toBe('has 2 columns, the header 3');
    await expect(readDataset(path)).rejects.toThrow(/x.csv:12: .*\n {2}and 2 more$/);
  });
});

describe('line numbers', () => {
  test('count the header, blank lines and every line of a quoted field, with CRLF too', async () => {
    const lines = ['user,item,note', '', 'u,i,"one', '', 'three"', 'u,i', 'v,j,"a ""b"" c"', 'u,,x'];
    for (const end of ['\n', '\r\n']) {
      const { dataset, report } = await readDataset(await fileOf('x.csv', lines.join(end)), { maxBadShare: 1 });
      expect(dataset.users).toEqual(['u', 'v']);
      expect(report.firstBadLines).toEqual([
        { file: 'x.csv', line: 6, fault: 'has 2 columns, the header 3' },
        { file: 'x.csv', line: 8, fault: 'has no item' },
      ]);
      expect(report.lines).toBe(4);
    }
  });

  test('are exact far into a file', async () => {
    const path = await fileOf('x.csv', table(...rows(50_000), 'u,i,x', ...rows(50_000), 'u,i,y'));
    const { report } = await readDataset(path);
    expect(report.firstBadLines.map(({ line }) => line)).toEqual([50_002, 100_003]);
  });
});

describe('a stray quote costs its own line only', () => {
  const stray = 'u,"i,1577836800';
  test.each([
    ['at the end', [...rows(3), stray], 5, 'opens a quote that is not closed'],
    ['with plain lines behind it', [stray, ...rows(RECORD_LINES_MAX * 2)], 2, 'opens a quote that is not closed'],
    ['with a quoted field behind it', [stray, ...rows(5), 'v,"i",1577836800'], 2, 'has text behind a closing quote'],
    ['with a quote at a line end behind it', [stray, ...rows(5), 'v,i,1577836800"'], 2, 'has 2 columns, the header 3'],
    [
      'with a quote at the end of a field behind it',
      [stray, ...rows(1), 'v,5",1577836800'],
      2,
      'item "i,1577836800\\nu0,i,1577836800\\nv,5" holds a line break',
    ],
    ['behind a quote', [...rows(1), 'u,"i"x,1577836800', ...rows(5)], 3, 'has text behind a closing quote'],
  ])('%s', async (_, lines, line, fault) => {
    const { report } = await readDataset(await fileOf('x.csv', table(...lines)), { maxBadShare: 0.5 });
    expect(report.firstBadLines[0]).toEqual({ file: 'x.csv', line, fault });
    expect(report.lines).toBe(lines.length);
  });

  test('and inside a field it is no quote at all', async () => {
    const { dataset } = await readDataset(await fileOf('x.csv', 'user,item\nu,5" nail\nu,a"b"\n'));
    expect(dataset.items.map(({ id }) => id)).toEqual(['5" nail', 'a"b"']);
  });

  test('a record runs over as many lines as are allowed and no more', async () => {
    for (const [lines, badLines] of [
      [RECORD_LINES_MAX, 0],
      [RECORD_LINES_MAX + 1, 1],
    ] as const) {
      const quoted = `u,i,"${'\n'.repeat(lines - 1)}"`;
      const { report } = await readDataset(await fileOf('x.csv', `user,item,note\n${quoted}\nv,j,x\n`), { maxBadShare: 1 });
      expect(report.badLines > 0 ? 1 : 0).toBe(badLines);
    }
  });
});

test('bytes that are no UTF-8 are a bad line, in tables and in lines', async () => {
  const latin1 = (text: string) => Buffer.from(text, 'latin1');
  const csv = await readDataset(await fileOf('x.csv', latin1('user,item\nu,é\nv,"\nw,é\nw,i\n')), { maxBadShare: 1 });
  expect(csv.report.firstBadLines.map(({ line, fault }) => `${line} ${fault}`)).toEqual([
    '2 is not UTF-8',
    '3 opens a quote that is not closed',
    '4 is not UTF-8',
  ]);
  expect(interactionsOf(csv.dataset)).toEqual(['w i interaction - -']);
  const lines = await readDataset(await fileOf('x.txt', latin1('1 é\n1 2\r\n')), { maxBadShare: 1, format: 'sequences' });
  expect(lines.report.firstBadLines).toEqual([{ file: 'x.txt', line: 1, fault: 'is not UTF-8' }]);
  expect(interactionsOf(lines.dataset)).toEqual(['1 2 interaction - -']);
});
