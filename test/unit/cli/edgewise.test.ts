import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { fileOf, folderOf } from '../dataset/files.ts';
import { edgewise } from './run.ts';

const CSV = 'user,item,timestamp\nu,i,1577836800\nu,j,1577836801\n';
/** As little as a model can be trained on. */
const SMALL_SHOP = `user,item,timestamp\n${Array.from({ length: 12 }, (_, user) =>
  [0, 1, 2, 3].map((k) => `u${user},i${(user + k) % 8},${1577836800 + 60 * k}\n`).join(''),
).join('')}`;

describe('called wrongly, it shows help and exits with 2', () => {
  test.each([
    [[], ''],
    [['fly'], "error: unknown command 'fly'"],
    [['import'], "error: required option '--out <folder>' not specified"],
    [['import', '--out', 'y'], "error: required option '--data <path>' not specified, nor '--from-r2'"],
    [['import', '--out', 'y', '--data', 'x', '--from-r2'], "error: option '--from-r2' cannot be used with option '--data <path>'"],
    [['train', '--out', 'y', '--data', 'x', '--items', 'z'], "error: option '--items <file>' cannot be used with option '--data <path>'"],
    [['keys'], 'Usage: edgewise keys'],
    [['keys', 'create', '--tenant', 'A b'], 'It is a word of a-z, 0-9 and -'],
    [['import', '--data', 'x', '--out', 'y', '--frob'], "error: unknown option '--frob'"],
    [['import', '--data', 'x', '--out', 'y', 'z'], 'error: too many arguments'],
    [['import', '--data', 'x', '--out', 'y', '--format', 'zip'], "argument 'zip' is invalid"],
    [['import', '--data', 'x', '--out', 'y', '--max-bad-share', '1.1'], "argument '1.1' is invalid. It is a number from 0 to 1."],
    [['import', '--data', 'x', '--out', 'y', '--max-bad-share', '', '--json'], "argument '' is invalid"],
    [['evaluate'], "error: required option '--data <path>' not specified"],
    [['evaluate', '--data', 'x', '--protocol', 'random'], 'Allowed choices are leave-one-out, last-basket, temporal.'],
    [['evaluate', '--data', 'x', '--ties', 'any'], 'Allowed choices are file, shuffled.'],
    [['evaluate', '--data', 'x', '--seeds', '0'], "argument '0' is invalid. It is a whole number from 1."],
    [['evaluate', '--data', 'x', '--budget', '30'], "argument '30' is invalid. It is a time like 90s, 30m or 2h."],
    [['evaluate', '--data', 'x', '--budget', '0s'], "argument '0s' is invalid. It is a time longer than 0, like 90s, 30m or 2h."],
    [['train', '--budget', '0m'], "argument '0m' is invalid. It is a time longer than 0"],
    [['train', '--epochs', '0'], "argument '0' is invalid. It is a whole number from 1."],
    [['train', '--patience', '0'], "argument '0' is invalid. It is a whole number from 1."],
    [['train', '--threads', '1.5'], "argument '1.5' is invalid. It is a whole number."],
    [['train', '--threads', '0'], "argument '0' is invalid. It is a whole number from 1."],
    [['train', '--dropout', '2'], "argument '2' is invalid. It is a number from 0 to 1."],
    [['train', '--dropout', '1'], "argument '1' is invalid. It is a number from 0, below 1."],
    [['train', '--seed', '1e20'], "argument '1e20' is invalid. It is a whole number."],
    [['distill', '--price', '-1'], "argument '-1' is invalid. It is a number from 0."],
    [['shadow', '--histories', '0'], "argument '0' is invalid. It is a whole number from 1."],
    [['refresh', '--url', 'localhost'], "argument 'localhost' is invalid. It is an address like https://shop.example"],
    [['dev', '--port', 'abc'], "argument 'abc' is invalid. It is a port from 1 to 65535."],
    [['dev', '--port', '65536'], "argument '65536' is invalid. It is a port from 1 to 65535."],
    [['dev', '--port', '0'], "argument '0' is invalid. It is a port from 1 to 65535."],
    [['evaluate', '--data', 'x', '--model', 'm', '--seeds', '3'], "option '--seeds <n>' cannot be used with option '--model <folder>'"],
    [
      ['evaluate', '--data', 'x', '--model', 'm', '--budget', '1h'],
      "option '--budget <time>' cannot be used with option '--model <folder>'",
    ],
  ])('%j', (args, message) => {
    const { status, stdout, stderr } = edgewise(...args);
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
    expect(stderr).toContain('Usage: edgewise');
  });
});

test.each([[['--help']], [['help', 'import']], [['import', '--help']], [['--version']]])('%j exits with 0', (args) => {
  expect(edgewise(...args)).toMatchObject({ status: 0, stderr: '' });
});

describe('import', () => {
  test('prints what is in the data set and writes it', async () => {
    const folder = await folderOf({ 'shop/interactions.csv': CSV, 'shop/items.csv': 'id\ni\n' });
    const { status, stdout, stderr } = edgewise('import', '--data', `${folder}/shop`, '--out', `${folder}/out`);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout.split('\n')).toEqual([
      'shop (csv)',
      'users         1',
      'items         2  1 of them not in the catalogue',
      'interactions  2  interaction 2',
      'ties          0  have the user and the time of another',
      'lines         3  items.csv, interactions.csv',
      'bad lines     0',
      'from 2020-01-01T00:00:00.000Z to 2020-01-01T00:00:01.000Z',
      expect.stringMatching(/^hash [0-9a-f]{64}$/),
      `wrote ${folder}/out/items.ndjson.gz`,
      `wrote ${folder}/out/interactions.ndjson.gz`,
      '',
    ]);
  });

  test('with --json prints one object and nothing else, the same for what it wrote', async () => {
    const folder = await folderOf({ 'shop.csv': CSV });
    const first = edgewise('import', '--data', `${folder}/shop.csv`, '--out', `${folder}/out`, '--json');
    const again = edgewise('import', '--data', `${folder}/out`, '--out', `${folder}/again`, '--json');
    expect(first).toMatchObject({ status: 0, stderr: '' });
    const [result, reread] = [JSON.parse(first.stdout), JSON.parse(again.stdout)];
    expect(result).toMatchObject({ name: 'shop', format: 'csv', users: 1, items: 2, interactions: 2, badLines: 0, lines: 2 });
    expect(reread).toMatchObject({ name: 'out', format: 'ndjson', hash: result.hash });
  });

  test('names bad lines when there are few and refuses them when there are many', async () => {
    const path = await fileOf('shop.csv', `${CSV}u,k,soon\n`);
    const out = await folderOf();
    const kept = edgewise('import', '--data', path, '--out', out, '--max-bad-share', '0.5');
    expect(kept.status).toBe(0);
    expect(kept.stdout).toContain('bad lines     1  left out\n  shop.csv:4: time "soon" is neither');

    const refused = edgewise('import', '--data', path, '--out', out);
    expect(refused).toMatchObject({ status: 1, stdout: '' });
    expect(refused.stderr).toMatch(
      /^edgewise: shop.csv: 1 of 3 lines are bad, more than the share of 0.01 allowed\n {2}shop.csv:4: time "soon" is neither .*\n$/,
    );
  });

  test('says in a line why it failed, with --json as an object too', async () => {
    const { status, stdout, stderr } = edgewise('import', '--data', '/nowhere', '--out', '/nowhere/out', '--json');
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toEqual({ error: { message: 'there is no file or folder /nowhere' } });
    expect(stderr).toBe('edgewise: there is no file or folder /nowhere\n');
  });
});

describe('evaluate', () => {
  test('refuses to split by time what has no times', async () => {
    const path = await fileOf('gaps.txt', '1 1 2 3\t0 0 9\n2 1 3 2\t0 7 9\n');
    const { status, stdout, stderr } = edgewise('evaluate', '--data', path, '--protocol', 'temporal', '--json');
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toEqual({ error: { message: expect.stringContaining('gaps cannot be split by time') } });
    expect(stderr).toMatch(/^edgewise: gaps cannot be split by time: [^\n]+\n$/);
  });

  test('refuses data that leaves nothing to validate on', async () => {
    const { status, stderr } = edgewise('evaluate', '--data', await fileOf('shop.csv', CSV));
    expect(status).toBe(1);
    expect(stderr).toBe('edgewise: shop has no user with enough interactions to validate on by leave-one-out\n');
  });

  test('trains from scratch where no model is named, and prints means over the seeds', async () => {
    const path = await fileOf('shop.csv', SMALL_SHOP);
    const { status, stdout } = edgewise('evaluate', '--data', path, '--seeds', '2', '--budget', '1s', '--ties', 'shuffled', '--json');
    expect(status).toBe(0);
    const { rows, seeds, ...rest } = JSON.parse(stdout);
    expect(rest).toEqual({ dataset: 'shop', protocol: 'leave-one-out', ties: 'shuffled', omitted: [] });
    const served = rows.find(({ name }: { name: string }) => name === 'served');
    expect(Object.keys(served.versus)).toHaveLength(rows.length - 2); // every baseline
    expect(seeds.map(({ name, seed }: { name: string; seed: number }) => [name, seed])).toEqual([
      ['served', 1],
      ['served, float', 1],
      ['served', 2],
      ['served, float', 2],
    ]);
    expect(served['ndcg@10']).toBeCloseTo((seeds[0]['ndcg@10'] + seeds[2]['ndcg@10']) / 2, 12);
  });
});

describe('train', () => {
  test('says that there is nothing to go on from, and makes the folders that it writes into', async () => {
    const folder = await folderOf({ 'shop.csv': SMALL_SHOP });
    const [out, cases] = [join(folder, 'models/new'), join(folder, 'cases/new.csv')];
    const args = ['--data', join(folder, 'shop.csv'), '--out', out, '--ranking-cases', cases, '--epochs', '1', '--resume'];
    const { status, stderr } = edgewise('train', ...args);
    expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringContaining(`no interrupted run is in ${out}: beginning anew\n`) });
    expect(existsSync(cases)).toBe(true);
  });

  test('says where a file stands in the way of a folder', async () => {
    const folder = await folderOf({ 'shop.csv': SMALL_SHOP });
    const path = join(folder, 'shop.csv');
    const { status, stderr } = edgewise('train', '--data', path, '--out', path);
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining(`edgewise: ${path} is a file: a folder is needed\n`) });
  });
});
