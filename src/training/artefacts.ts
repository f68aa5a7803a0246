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
  const read = async (name: string) => new Uint8Array(await readFile(join(folder, name)).catch((cause) => refuse(folder, name, cause)));
  const text = async (name: string) => new TextDecoder().decode(await read(name));
  const model = parseManifest(parseJson(await text(FILES.manifest), join(folder, FILES.manifest)));
  const lines = (await text(FILES.items)).trimEnd().split('\n');
  if (lines.length !== model.items)
    throw new Error(
      `the model in ${folder} is not whole, ${FILES.items} has ${lines.length} lines instead of ${model.items}: train it again`,
    );
  return {
    model,
    items: lines.map((line, at) => parseJson(line, `${join(folder, FILES.items)}, line ${at + 1},`) as Item),
    vectors: decodeFloats(await read(FILES.vectors), model.items * model.encoder.dims),
    rules: decodeNeighbours(await read(FILES.rules), model.items),
    coVisits: decodeNeighbours(await read(FILES.coVisits), model.items),
    texts: decodeNeighbours(await read(FILES.texts), model.items),
    statistics: decodeStatistics(await read(FILES.statistics), model.items).statistics,
    encoder: await read(FILES.encoder),
    ranker: await read(FILES.ranker),
  };
}

/** The manifest is written last: where it is missing there is no model, where another file is there once was one. */
function refuse(folder: string, name: string, cause: NodeJS.ErrnoException): never {
  if (cause.code !== 'ENOENT' && cause.code !== 'ENOTDIR') throw cause;
  throw new Error(
    name === FILES.manifest
      ? `there is no model in ${folder}: \`train --out <folder>\` writes one`
      : `the model in ${folder} is not whole, ${name} is missing: train it again`,
    { cause },
  );
}

function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`${what} is not JSON: train the model again`, { cause });
  }
}
