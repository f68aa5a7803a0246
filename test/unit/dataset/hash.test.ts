import { describe, expect, test } from 'vitest';

import { DatasetBuilder } from '../../../src/dataset/builder.ts';
import { hashDataset } from '../../../src/dataset/hash.ts';
import { readDataset } from '../../../src/dataset/read.ts';
import { fileOf, folderOf } from './files.ts';

const hashOf = async (files: Record<string, string>) => (await readDataset(await folderOf(files))).dataset.hash;

const ndjson = {
  'items.ndjson': '{"id":"1","title":"A","price":2,"categories":["x","y"],"size":3}\n{"id":"2"}\n',
  'interactions.ndjson':
    '{"user":"u","item":"1","type":"view","at":"2020-01-01T00:00:00Z","value":2}\n' +
    '{"user":"u","item":"2","type":"buy","at":"2020-01-01T00:00:01Z"}\n' +
    '{"user":"v","item":"1","type":"buy","at":"2020-01-01T00:00:01Z"}\n',
};

describe('the hash is the same', () => {
  test('from another format, with files, users, items and keys in another order', async () => {
    const csv = {
      'items.csv': 'size,categories,item_id,name,price\n,,2,2,\n3,x|y,1,A,2.00\n',
      'interactions.csv': 'at,item,user,value,type\n1577836801,1,v,,buy\n1577836801000,2,u,,buy\n1577836800,1,u,2,view\n',
    };
    expect(await hashOf(csv)).toBe(await hashOf(ndjson));
  });

  test('as it was: a change of the definition must be meant', async () => {
    expect(await hashOf(ndjson)).toMatchInlineSnapshot(`"5128f091fa8deff507d2cee6b412f377a9a24b148dbfca48628bdf3c1e1b368b"`);
  });

  test('whatever the name and the rows of unused types', async () => {
    const { dataset } = await readDataset(await fileOf('s.txt', '1 2 3\n'));
    expect(hashDataset({ ...dataset, name: 'other' })).toBe(dataset.hash);
    expect(hashDataset({ ...dataset, types: ['interaction', 'a'] })).toBe(dataset.hash);
  });
});

describe('the hash changes with', () => {
  const interactions = ndjson['interactions.ndjson'];
  const items = ndjson['items.ndjson'];
  test.each([
    ['a title', { ...ndjson, 'items.ndjson': items.replace('"A"', '"B"') }],
    ['a price', { ...ndjson, 'items.ndjson': items.replace('"price":2', '"price":3') }],
    ['an attribute', { ...ndjson, 'items.ndjson': items.replace('"size":3', '"size":"3"') }],
    ['a category', { ...ndjson, 'items.ndjson': items.replace('["x","y"]', '["x,y"]') }],
    ['one more item', { ...ndjson, 'items.ndjson': `${items}{"id":"3"}` }],
    ['a time', { ...ndjson, 'interactions.ndjson': interactions.replace('00:00:00', '00:00:00.001') }],
    ['a missing time', { ...ndjson, 'interactions.ndjson': interactions.replace(',"at":"2020-01-01T00:00:00Z"', '') }],
    ['a type', { ...ndjson, 'interactions.ndjson': interactions.replace('view', 'buy') }],
    ['a name of types', { ...ndjson, 'interactions.ndjson': interactions.replaceAll('buy', 'bought') }],
    ['a value', { ...ndjson, 'interactions.ndjson': interactions.replace('"value":2', '"value":3') }],
    ['a missing value', { ...ndjson, 'interactions.ndjson': interactions.replace(',"value":2', '') }],
    ['a repeat', { ...ndjson, 'interactions.ndjson': interactions + interactions }],
    ['a user', { ...ndjson, 'interactions.ndjson': interactions.replace('"v"', '"w"') }],
  ])('%s', async (_, files) => {
    expect(await hashOf(files)).not.toBe(await hashOf(ndjson));
  });

  test('the order of ties', () => {
    const hashes = [
      ['a', 'b'],
      ['b', 'a'],
    ].map((order) => {
      const builder = new DatasetBuilder();
      for (const item of order) builder.addInteraction('u', item, 'view', 1, NaN);
      return builder.build('x').hash;
    });
    expect(hashes[0]).not.toBe(hashes[1]);
  });
});
