import { expect, test } from 'vitest';

import { readDataset } from '../../../src/dataset/read.ts';
import { summarize } from '../../../src/dataset/summary.ts';

test('the demo catalogue is whole', async () => {
  const { dataset, report } = await readDataset('data/online-retail');
  expect(report).toMatchObject({ format: 'online-retail', badLines: 0, bareItems: 0 });
  expect(summarize(dataset)).toEqual({
    name: 'online-retail',
    hash: 'e029f6eab4465e54065c378fb6767fb707da83de7bd65ccf902ebf863feb6b19',
    users: 4334,
    items: 3859,
    interactions: 385_991,
    types: { purchase: 385_991 },
    ties: 384_710,
    from: '2010-12-01T08:26:00.000Z',
    to: '2011-12-09T12:50:00.000Z',
  });
  const invoices = new Set<string>();
  for (let u = 0; u < dataset.users.length; u++) {
    for (let k = dataset.start[u]!; k < dataset.start[u + 1]!; k++) invoices.add(`${u} ${dataset.atMs[k]}`);
  }
  expect(invoices.size).toBe(18_310);
  expect(dataset.items.every(({ attributes }) => Object.keys(attributes).length === 0)).toBe(true);
});
