import * as fc from 'fast-check';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';

import { DatasetBuilder } from '../../../src/dataset/builder.ts';
import type { Dataset } from '../../../src/dataset/dataset.ts';
import { readDataset } from '../../../src/dataset/read.ts';
import { syntheticDataset } from '../../../src/dataset/synthetic.ts';
import { writeDataset } from '../../../src/dataset/write.ts';
import { folderOf } from './files.ts';

const EARLIEST_MS = Date.parse('0000-01-01T00:00:00Z');
const LATEST_MS = Date.parse('9999-12-31T23:59:59.999Z');

const text = fc.string({ minLength: 1, maxLength: 20, unit: 'binary' });
const lone = fc.constantFrom('\ud800', '\udc00x', '__proto__', 'constructor', '0', ' ', '"', '\n', '\u2028', '\ufeff');
const word = fc.oneof({ weight: 4, arbitrary: text }, { weight: 1, arbitrary: lone });
const id = word.filter((value) => !/[\r\n]/.test(value));
const timeMs = fc.integer({ min: EARLIEST_MS, max: LATEST_MS });
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const attribute = fc.oneof(fc.string({ unit: 'binary' }), number, fc.boolean(), fc.array(fc.string(), { maxLength: 3 }));
const item = fc
  .record(
    { id, title: word, price: number.map(Math.abs), categories: fc.array(fc.string(), { maxLength: 3 }), createdAtMs: timeMs },
    { requiredKeys: ['id', 'title', 'categories'] },
  )
  .chain((fields) =>
    fc
      .uniqueArray(fc.tuple(word, attribute), { maxLength: 4, selector: ([name]) => name })
      .map((pairs) => ({ ...fields, attributes: Object.fromEntries(pairs) })),
  );
const interaction = fc.tuple(
  fc.oneof(fc.constantFrom('u', 'v'), id),
  fc.oneof(fc.constantFrom('i', 'j'), id),
  fc.oneof(fc.constantFrom('view', 'buy'), word),
  fc.oneof(fc.constantFrom(NaN, 0, 1), timeMs),
  fc.oneof(
    fc.constant(NaN),
    fc.float({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
  ),
);
const dataset = fc
  .tuple(fc.uniqueArray(item, { maxLength: 6, selector: (each) => each.id }), fc.array(interaction, { minLength: 1, maxLength: 30 }))
  .map(([items, interactions]) => {
    const builder = new DatasetBuilder();
    for (const each of items) builder.addItem(each);
    for (const each of interactions) builder.addInteraction(...each);
    return builder.build('any');
  });

async function writtenAndRead(written: Dataset): Promise<Dataset> {
  const folder = `${await folderOf()}/${written.name}`;
  await writeDataset(written, folder);
  const { dataset: read, report } = await readDataset(folder);
  await rm(folder, { recursive: true }); // not when the test ends: it goes through many
  expect(report).toMatchObject({ format: 'ndjson', badLines: 0, bareItems: 0, ignoredColumns: [] });
  return read;
}

describe('written and read again', () => {
  test('any data set is the same, hash and rows', async () => {
    await fc.assert(
      fc.asyncProperty(dataset, async (written) => {
        expect(await writtenAndRead(written)).toEqual(written);
      }),
      { numRuns: 60 },
    );
  }, 30_000);

  test('a larger one too', async () => {
    const written = syntheticDataset({ users: 500, items: 200, seed: 1 });
    expect(await writtenAndRead(written)).toEqual(written);
  });
});

test('writing replaces whole files, makes the folder, leaves nothing else and tells how far it is', async () => {
  const folder = `${await folderOf()}/a/b`;
  const told: number[] = [];
  await writeDataset(syntheticDataset({ users: 3, items: 5, seed: 1 }), folder);
  const last = syntheticDataset({ users: 2, items: 5, seed: 2 });
  const paths = await writeDataset(last, folder, (done) => told.push(done));
  expect(paths).toEqual([`${folder}/items.ndjson.gz`, `${folder}/interactions.ndjson.gz`]);
  expect((await readdir(folder)).sort()).toEqual(['interactions.ndjson.gz', 'items.ndjson.gz']);
  expect((await readDataset(folder)).dataset.hash).toBe(last.hash);
  expect(told).toEqual(Array.from(last.start.slice(1)));
});

test('a fault while writing leaves no part behind', async () => {
  const folder = await folderOf();
  await mkdir(`${folder}/items.ndjson.gz`);
  await expect(writeDataset(syntheticDataset({ users: 2, items: 5, seed: 2 }), folder)).rejects.toThrow();
  expect(await readdir(folder)).toEqual(['items.ndjson.gz']);
});
