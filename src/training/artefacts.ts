/** A model folder: what `train` writes, `evaluate` measures and `publish` puts into KV. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeFloats, decodeNeighbours, decodeStatistics, encodeFloats, encodeNeighbours, encodeStatistics } from '../catalog/format.ts';
import type { Artefacts } from '../catalog/snapshot.ts';
import type { Item } from '../domain/item.ts';
import { parseManifest } from '../model/manifest.ts';

const FILES = {
  manifest: 'manifest.json',
  items: 'items.ndjson',
  vectors: 'vectors.f32',
  rules: 'rules.bin',
  coVisits: 'co-visits.bin',
  texts: 'texts.bin',
  statistics: 'statistics.bin',
  encoder: 'encoder.onnx',
  ranker: 'ranker.onnx',
} as const;

/** Writes the folder, the manifest last: a folder with a manifest is whole. Returns the names of the files. */
export async function writeArtefacts(folder: string, artefacts: Artefacts): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const contents: [string, Uint8Array | string][] = [
    [FILES.items, artefacts.items.map((item) => `${JSON.stringify(item)}\n`).join('')],
    [FILES.vectors, encodeFloats(artefacts.vectors)],
    [FILES.rules, encodeNeighbours(artefacts.rules)],
    [FILES.coVisits, encodeNeighbours(artefacts.coVisits)],
    [FILES.texts, encodeNeighbours(artefacts.texts)],
    [FILES.statistics, encodeStatistics(artefacts.statistics)],
    [FILES.encoder, artefacts.encoder],
    [FILES.ranker, artefacts.ranker],
    [FILES.manifest, `${JSON.stringify(artefacts.model, null, 2)}\n`],
  ];
  for (const [name, content] of contents) await writeFile(join(folder, name), content);
  return contents.map(([name]) => join(folder, name));
}

/** Reads the folder. Rejects with what is missing, not whole, or of another feature registry. */
export async function readArtefacts(folder: string): Promise<Artefacts> {
  const read = async (name: string) => new Uint8Array(await readFile(join(folder, name)));
  const text = async (name: string) => new TextDecoder().decode(await read(name));
  const model = parseManifest(JSON.parse(await text(FILES.manifest)));
  const lines = (await text(FILES.items)).trimEnd().split('\n');
  return {
    model,
    items: lines.map((line) => JSON.parse(line) as Item),
    vectors: decodeFloats(await read(FILES.vectors), model.items * model.encoder.dims),
    rules: decodeNeighbours(await read(FILES.rules), model.items),
    coVisits: decodeNeighbours(await read(FILES.coVisits), model.items),
    texts: decodeNeighbours(await read(FILES.texts), model.items),
    statistics: decodeStatistics(await read(FILES.statistics), model.items).statistics,
    encoder: await read(FILES.encoder),
    ranker: await read(FILES.ranker),
  };
}
