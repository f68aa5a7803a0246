import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readArtefacts, writeArtefacts } from '../../../src/training/artefacts.ts';
import { temporaryFolder } from '../../fixtures/folder.ts';
import { makeShop } from '../../fixtures/shop.ts';

async function written(): Promise<string> {
  const folder = await temporaryFolder();
  await writeArtefacts(folder, makeShop());
  return folder;
}

test('a folder that was written can be read', async () => {
  const { items, model } = await readArtefacts(await written());
  expect([items, model]).toEqual([makeShop().items, makeShop().model]);
});

test('a folder without a manifest holds no model', async () => {
  const folder = await temporaryFolder();
  await expect(readArtefacts(folder)).rejects.toThrow(`there is no model in ${folder}: \`train --out <folder>\` writes one`);
});

test.for(['items.ndjson', 'vectors.f32', 'ranker.onnx'])('a model without %s is not whole', async (name) => {
  const folder = await written();
  await rm(join(folder, name));
  await expect(readArtefacts(folder)).rejects.toThrow(`the model in ${folder} is not whole, ${name} is missing`);
});

test('what was cut off is not whole either', async () => {
  const folder = await written();
  const items = join(folder, 'items.ndjson');
  const lines = (await readFile(items, 'utf8')).split('\n');
  await writeFile(items, `${lines.slice(0, 3).join('\n')}\n`);
  await expect(readArtefacts(folder)).rejects.toThrow(`items.ndjson has 3 lines instead of ${makeShop().items.length}`);
  await writeFile(items, lines.join('\n').slice(0, -9));
  await expect(readArtefacts(folder)).rejects.toThrow(`items.ndjson, line ${makeShop().items.length}, is not JSON`);
  await writeFile(join(folder, 'manifest.json'), '');
  await expect(readArtefacts(folder)).rejects.toThrow('manifest.json is not JSON');
});
