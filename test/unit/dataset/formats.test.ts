import { describe, expect, test } from 'vitest';

import { readDataset } from '../../../src/dataset/read.ts';
import { fileOf, folderOf, interactionsOf } from './files.ts';

describe('online-retail', () => {
  const items = 'item_id\ttitle\tmedian_price_gbp\tevents\n1\tRED "HEART"\t2.95\t7\n2\tCAKE STAND\t12\t3\n';
  const events = 'customer\tminute_utc\titem_ids_in_invoice\nb\t2011-01-18T10:01\t2 1\na\t2010-12-07T14:57\t1\nb\t2010-12-01T08:26\t1\n';

  test('has a purchase for every item of an invoice and keeps the sales of the whole period out', async () => {
    const { dataset, report } = await readDataset(await folderOf({ 'items.tsv': items, 'events.tsv': events }));
    expect(dataset.items).toEqual([
      { id: '1', title: 'RED "HEART"', price: 2.95, categories: [], attributes: {} },
      { id: '2', title: 'CAKE STAND', price: 12, categories: [], attributes: {} },
    ]);
    expect(interactionsOf(dataset)).toEqual([
      'b 1 purchase 2010-12-01T08:26:00.000Z -',
      'b 2 purchase 2011-01-18T10:01:00.000Z -',
      'b 1 purchase 2011-01-18T10:01:00.000Z -',
      'a 1 purchase 2010-12-07T14:57:00.000Z -',
    ]);
    expect(dataset.ties).toBe(2);
    expect(report).toEqual({
      format: 'online-retail',
      files: ['items.tsv', 'events.tsv'],
      lines: 5,
      badLines: 0,
      firstBadLines: [],
      bareItems: 0,
      ignoredColumns: [],
    });
  });

  test('is told by its header where events.tsv stands alone', async () => {
    const { dataset, report } = await readDataset(await fileOf('anything', events));
    expect(report.format).toBe('online-retail');
    expect(dataset.items.map(({ title }) => title)).toEqual(['2', '1']);
  });

  test('keeps the whole invoice out when one of its items is amiss', async () => {
    const path = await folderOf({ 'items.tsv': items, 'events.tsv': `${events}c\t2011-01-01T00:00\t1  2\n` });
    const { dataset, report } = await readDataset(path, { maxBadShare: 0.5 });
    expect(dataset.users).toEqual(['b', 'a']);
    expect(report.firstBadLines).toEqual([{ file: 'events.tsv', line: 5, fault: 'names no item where it should' }]);
  });

  test('refuses other columns', async () => {
    const path = await folderOf({ 'items.tsv': 'a\tb\n', 'events.tsv': events });
    await expect(readDataset(path)).rejects.toThrow('items.tsv: the online-retail format has the columns item_id, title');
  });
});

describe('sequences', () => {
  test('are items in order, without times', async () => {
    const { dataset } = await readDataset(await fileOf('sequences.txt', '7 1 2 1\n8 3\n'));
    expect(dataset.name).toBe('sequences');
    expect(interactionsOf(dataset)).toEqual(['7 1 interaction - -', '7 2 interaction - -', '7 1 interaction - -', '8 3 interaction - -']);
    expect(dataset.items[2]).toEqual({ id: '3', title: '3', categories: [], attributes: {} });
    expect(dataset.ties).toBe(0);
  });

  test('have times from 0 where gaps are given', async () => {
    const { dataset } = await readDataset(await fileOf('gaps.txt', '1 1 2 3\t0 0 9244800\n'));
    expect([...dataset.atMs]).toEqual([0, 0, 9_244_800_000]);
    expect(dataset.ties).toBe(2);
  });

  test('of a folder are those with times where others name the same, and its other texts do not matter', async () => {
    const folder = await folderOf({
      'a_gaps.txt': '1 1 2\t0 5\n',
      'sequences.txt.gz': '1 1 2\n',
      'README.txt': '22 363 users\n',
      'more.txt/x': '1 2',
    });
    expect((await readDataset(folder)).report.files).toEqual(['a_gaps.txt']);
    expect((await readDataset(`${folder}/sequences.txt.gz`)).dataset.atMs[1]).toBeNaN();
  });

  test.each(['1 1 3\n', '1 1 2\n2 1\n', '1 1 2\t0 6\n'])('of two files that differ must be named: %j', async (other) => {
    const folder = await folderOf({ 'a_gaps.txt': '1 1 2\t0 5\n', 'b.txt': other });
    await expect(readDataset(folder)).rejects.toThrow('holds several files of sequences (');
  });

  test('of two equal files must be named', async () => {
    const folder = await folderOf({ 'a.txt': '1 1 2\n', 'b.txt': '1 1 2\n' });
    await expect(readDataset(folder)).rejects.toThrow(/several files of sequences \((a.txt, b.txt|b.txt, a.txt)\)/);
  });

  test('may have any words for ids where the format is named', async () => {
    const { dataset } = await readDataset(await fileOf('x', 'ann tea cup\n'), { format: 'sequences' });
    expect(dataset.items.map(({ id }) => id)).toEqual(['tea', 'cup']);
  });

  test('join two lines of a user, unless each has times from 0', async () => {
    const plain = await readDataset(await fileOf('s.txt', '1 1\n1 2\n'));
    expect(interactionsOf(plain.dataset)).toEqual(['1 1 interaction - -', '1 2 interaction - -']);
    const { report } = await readDataset(await fileOf('s.txt', '1 1\t0\n1 2\t0\n2\n2 1\t-1\n2 1\t0 0\n2 1\t0\t0\n'), { maxBadShare: 1 });
    expect(report.firstBadLines.map(({ line, fault }) => `${line} ${fault}`)).toEqual([
      '2 user 1 has a line already, with times of its own',
      '3 names no item',
      '4 gap -1 is negative',
      '5 has 1 items and 2 gaps',
      '6 has more than one tab',
    ]);
  });
});

describe('movielens', () => {
  const wanted = [
    { id: '1', title: 'Toy Story (1995)', categories: ['Animation', 'Comedy'], attributes: { year: 1995 } },
    { id: '2', title: 'Misérables, Les', categories: [], attributes: {} },
  ];
  const interactions = ['9 2 rating 2000-01-01T00:00:00.000Z 4.5', '9 1 rating 2000-01-01T00:00:01.000Z 3'];

  test('with headers', async () => {
    const folder = await folderOf({
      'movies.csv': 'movieId,title,genres\n1,Toy Story (1995),Animation|Comedy\n2,"Misérables, Les",(no genres listed)\n',
      'ratings.csv': 'userId,movieId,rating,timestamp\n9,1,3.0,946684801\n9,2,4.5,946684800\n',
      'tags.csv': 'userId,movieId,tag,timestamp\n',
    });
    const { dataset, report } = await readDataset(folder);
    expect(report.format).toBe('movielens');
    expect(dataset.items).toEqual(wanted);
    expect(interactionsOf(dataset)).toEqual(interactions);
  });

  test.each(['latin1', 'utf8'] as const)('ratings.dat in %s', async (encoding) => {
    const folder = await folderOf({
      'movies.dat': Buffer.from('1::Toy Story (1995)::Animation|Comedy\n2::Misérables, Les::(no genres listed)\n', encoding),
      'ratings.dat': '9::1::3::946684801\n9::2::4.5::946684800\n',
    });
    const { dataset } = await readDataset(folder);
    expect(dataset.items).toEqual(wanted);
    expect(interactionsOf(dataset)).toEqual(interactions);
  });

  test('u.data', async () => {
    const flags = (...genres: number[]) => Array.from({ length: 19 }, (_, g) => (genres.includes(g) ? '1' : '0')).join('|');
    const folder = await folderOf({
      'u.item': Buffer.from(`1|Toy Story (1995)|01-Jan-1995||http://x|${flags(3, 5)}\n2|Misérables, Les||||${flags()}\n`, 'latin1'),
      'u.data': '9\t1\t3\t946684801\n9\t2\t4.5\t946684800\n',
    });
    const { dataset } = await readDataset(folder);
    expect(dataset.items).toEqual(wanted);
    expect(interactionsOf(dataset)).toEqual(interactions);
  });

  test('takes the first year of a series', async () => {
    const folder = await folderOf({
      'movies.csv': 'movieId,title,genres\n1,Blackadder (1982–1989),\n2,Now (2001– ),\n3,(2012) Live (2013) ,\n',
      'ratings.csv': 'userId,movieId,rating,timestamp\n9,1,3.0,946684801\n',
    });
    const { dataset } = await readDataset(folder);
    expect(dataset.items.map(({ attributes }) => attributes['year'])).toEqual([1982, 2001, 2013]);
  });

  test('notes lines without their fields', async () => {
    const folder = await folderOf({
      'movies.dat': '1::Toy Story (1995)\n',
      'ratings.dat': '9::1::3::946684801\n9::1::3\n9::1::::946684801\n',
    });
    const { report } = await readDataset(folder, { maxBadShare: 1 });
    expect(report.firstBadLines).toEqual([
      { file: 'movies.dat', line: 1, fault: 'has 2 fields instead of 3' },
      { file: 'ratings.dat', line: 2, fault: 'has 3 fields instead of 4' },
      { file: 'ratings.dat', line: 3, fault: 'rating "" is not a number' },
    ]);
    expect(report.bareItems).toBe(1);
  });
});

describe('csv', () => {
  test('reads every field, types attributes by column and adds items the catalogue lacks', async () => {
    const folder = await folderOf({
      'items.csv':
        'item_id,title,categories,price,created_at,weight,code,new,note\n' +
        'a,"Tea, ""Earl"" Grey",drinks | tea,2.50,2020-05-01,1.5,007,TRUE,\n' +
        'b,,,,,12,12,false,"two\nlines"\n',
      'interactions.csv':
        'user_id,item_id,timestamp,type,value,country\n' +
        'u,a,1577836800,view,,GB\nu,c,1577836800500,,2,GB\nv,b,2020-01-01T01:00:00+01:00,buy,0.5,GB\n',
    });
    const { dataset, report } = await readDataset(folder);
    expect(dataset.items).toEqual([
      {
        id: 'a',
        title: 'Tea, "Earl" Grey',
        price: 2.5,
        categories: ['drinks', 'tea'],
        createdAtMs: Date.parse('2020-05-01T00:00:00Z'),
        attributes: { weight: 1.5, code: '007', new: true },
      },
      { id: 'b', title: 'b', categories: [], attributes: { weight: 12, code: '12', new: false, note: 'two\nlines' } },
      { id: 'c', title: 'c', categories: [], attributes: {} },
    ]);
    expect(interactionsOf(dataset)).toEqual([
      'u a view 2020-01-01T00:00:00.000Z -',
      'u c interaction 2020-01-01T00:00:00.500Z 2',
      'v b buy 2020-01-01T00:00:00.000Z 0.5',
    ]);
    expect(dataset.types).toEqual(['buy', 'interaction', 'view']);
    expect(report).toMatchObject({ format: 'csv', bareItems: 1, ignoredColumns: ['country'], lines: 5, badLines: 0 });
  });

  test.each([
    ['aliases', 'Customer-ID,productId,Event Time,event_type,Quantity\nu,a,1577836800,buy,2\n'],
    ['tabs', 'user\titem\tat\ttype\tvalue\nu\ta\t1577836800\tbuy\t2\n'],
    ['semicolons', 'user;item;at;type;value\nu;a;1577836800;buy;2\n'],
    ['quotes', '"user","item","at","type","value"\n"u" , "a","1577836800","buy","2"\n'],
    ['a byte order mark, CRLF, blank lines and no last line end', '\ufeffuser,item,at,type,value\r\n\r\nu,a,1577836800,buy,2\r\n  \r\n'],
  ])('may have %s', async (_, content) => {
    const { dataset, report } = await readDataset(await fileOf('log.txt', content.trimEnd()));
    expect(report.format).toBe('csv');
    expect(interactionsOf(dataset)).toEqual(['u a buy 2020-01-01T00:00:00.000Z 2']);
  });

  test('prefers the plainest name of a field', async () => {
    const { dataset, report } = await readDataset(await fileOf('x.csv', 'rating,customer,user_id,value,item\n5,c,u,7,i\n'));
    expect(interactionsOf(dataset)).toEqual(['u i interaction - 7']);
    expect(report.ignoredColumns).toEqual(['rating', 'customer']);
  });

  test('calls a rating a rating', async () => {
    const { dataset } = await readDataset(await fileOf('x.csv', 'user,item,rating\nu,i,5\n'));
    expect(interactionsOf(dataset)).toEqual(['u i rating - 5']);
  });

  test.each([
    ['user,thing\nu,i\n', 'x.csv: no column is the item (as item_id would be) among user, thing'],
    ['user,item,user\nu,i,v\n', 'x.csv: two columns are called "user"'],
    ['', 'x.csv: is empty'],
    ['user,item\n', 'x.csv: holds no interaction'],
    ['"user,item\nu,i\n', 'x.csv: the header opens a quote that is not closed'],
  ])('cannot do with %j', async (content, message) => {
    await expect(readDataset(await fileOf('x.csv', content), { format: 'csv' })).rejects.toThrow(message);
  });
});

describe('ndjson', () => {
  test('reads every field', async () => {
    const folder = await folderOf({
      'items.ndjson':
        '{"id":1,"title":"One","categories":["x","y|z"],"price":3,"created_at":"2020-05-01T00:00:00Z","size":"L","attributes":{"tags":["a"],"size2":""}}\n' +
        '{"item_id":"2","name":"Two","category":"x|y","__proto__":true,"gone":null}\n',
      'interactions.ndjson':
        '{"user":"u","item":1,"type":"view","at":"2020-01-01T00:00:00Z","value":2,"x":0}\n{"item_id":"2","user_id":7,"rating":null}\n',
    });
    const { dataset, report } = await readDataset(folder);
    expect(dataset.items).toEqual([
      {
        id: '1',
        title: 'One',
        price: 3,
        categories: ['x', 'y|z'],
        createdAtMs: Date.parse('2020-05-01T00:00:00Z'),
        attributes: { size: 'L', tags: ['a'], size2: '' },
      },
      { id: '2', title: 'Two', categories: ['x', 'y'], attributes: Object.fromEntries([['__proto__', true]]) },
    ]);
    expect(interactionsOf(dataset)).toEqual(['u 1 view 2020-01-01T00:00:00.000Z 2', '7 2 rating - -']);
    expect(report).toMatchObject({ format: 'ndjson', bareItems: 0, ignoredColumns: ['x'] });
  });

  test('notes what it cannot read', async () => {
    const folder = await folderOf({
      'items.ndjson': [
        '{"id":"a","price":-1}',
        '{"id":"a","price":"dear"}',
        '{"id":"a","size":{"x":1}}',
        '{"id":"a","categories":[1]}',
        '{"id":"a","x":1,"attributes":{"x":2}}',
        '{"id":"a"}',
        '{"id":"a"}',
      ].join('\n'),
      'interactions.ndjson': ['[1]', '{', '{"user":12345678901234567890,"item":"a"}', '{"user":"u","item":"a"}'].join('\n'),
    });
    const { report } = await readDataset(folder, { maxBadShare: 1 });
    expect(report.firstBadLines.map(({ file, line, fault }) => `${file}:${line} ${fault}`)).toEqual([
      'items.ndjson:1 price -1 is negative',
      'items.ndjson:2 price "dear" is not a number',
      'items.ndjson:3 attribute "size" is neither text, a number, true or false nor a list of texts',
      'items.ndjson:4 categories are neither a list of texts nor text separated by |',
      'items.ndjson:5 attribute "x" is given twice',
      'items.ndjson:7 item "a" is in the catalogue already',
      'interactions.ndjson:1 is not a JSON object',
      'interactions.ndjson:2 is not JSON',
      'interactions.ndjson:3 user 12345678901234567000 is not an exact whole number: quote it',
    ]);
  });
});
