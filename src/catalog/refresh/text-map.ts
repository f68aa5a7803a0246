import { LIMITS } from '../../domain/limits.ts';
import { dequantizeRow } from '../../kernel/quantize.ts';
import { parseManifest } from '../../model/manifest.ts';
import type { ItemTextEncoder } from '../../model/text-encoder.ts';
import { fitTextMap, mapText, type TextMap } from '../../model/text-map.ts';
import { textOf } from '../amend/embed.ts';
import { decodeItems } from '../columns/item-bytes.ts';
import { decodeStatistics, decodeVectors } from '../format.ts';
import { fromServedItem } from '../items/served-item.ts';
import { loadManifest, readPart } from '../load.ts';
import { encodeJson } from '../manifest.ts';
import { shardKey } from '../storage.ts';
import { vectorFromText, vectorToText } from '../vector-text.ts';
import type { RefreshPlan, RefreshTools } from './tools.ts';

/** Stands beside the parts of a version; the next one takes it over, until a new model is published. */
const mapKey = (version: string) => shardKey(version, 'text-map', 0);

/** Why texts are read by the text encoder although an endpoint is configured; undefined while they are not. */
export type Fallback = { readonly fallback?: string };

/**
 * Has a map from the endpoint's vectors to the space of the items: the one of the live version, or a new one, fitted on the most popular items that the model
 * was trained on. Where the endpoint fails there is none, and this says why.
 */
export async function prepareTextMap(plan: RefreshPlan, tools: RefreshTools): Promise<Fallback> {
  const { storage, embedTexts } = tools;
  const known = await storage.read(mapKey(plan.base.version), 0);
  if (known) {
    await storage.write(mapKey(plan.version), new Uint8Array(known));
    return {};
  }
  if (!embedTexts) return {};
  const manifest = await loadManifest(storage, plan.base);
  const { items: count, encoder } = parseManifest(manifest.model);
  const items = decodeItems(await readPart(storage, manifest, 'items'), count);
  const vectors = decodeVectors(await readPart(storage, manifest, 'vectors'), count, encoder.dims);
  const { statistics, byPopularity } = decodeStatistics(await readPart(storage, manifest, 'statistics'), count);
  const anchors = byPopularity.filter((row) => row < (manifest.trained ?? count)).subarray(0, LIMITS.textAnchors);
  try {
    const sources = await embedAll(
      Array.from(anchors, (row) => textOf(fromServedItem(items.at(row)))),
      embedTexts,
    );
    const { sourceDims, weights } = fitTextMap(
      sources.map((source, at) => {
        const target = new Float32Array(encoder.dims);
        dequantizeRow(vectors, anchors[at]!, target, 0);
        return { source, target, weight: statistics.popularity[anchors[at]!]! };
      }),
    );
    await storage.write(mapKey(plan.version), encodeJson({ sourceDims, weights: vectorsToText(weights) }));
    return {};
  } catch (cause) {
    return { fallback: String(cause) };
  }
}

/** Where texts point [dims]: by the endpoint and the map where there are both, by the text encoder where not. */
export async function directionsOf(
  texts: readonly string[],
  words: ItemTextEncoder,
  { version }: RefreshPlan,
  { storage, embedTexts }: RefreshTools,
): Promise<Fallback & { readonly directions: ReadonlyMap<string, Float32Array> }> {
  const byWords = () => new Map(texts.flatMap((text) => readBy((each) => words.encode(each), text)));
  const value = embedTexts && texts.length > 0 ? await storage.read(mapKey(version), 0) : null;
  if (!embedTexts || !value) return { directions: byWords() };
  const { sourceDims, weights } = JSON.parse(new TextDecoder().decode(value)) as { sourceDims: number; weights: string[] };
  const map: TextMap = { sourceDims, weights: vectorsFromText(weights) };
  try {
    const sources = await embedAll(texts, embedTexts);
    const mapped = new Map(texts.flatMap((text, at) => readBy(() => mapText(sources[at]!, map), text)));
    if (mapped.size < new Set(texts).size) throw new Error('the endpoint gives other vectors than the map was fitted to');
    return { directions: mapped };
  } catch (cause) {
    return { directions: byWords(), fallback: String(cause) };
  }
}

function readBy(read: (text: string) => Float32Array | undefined, text: string): [string, Float32Array][] {
  const direction = read(text);
  return direction ? [[text, direction]] : [];
}

async function embedAll(texts: readonly string[], embedTexts: NonNullable<RefreshTools['embedTexts']>): Promise<Float32Array[]> {
  const vectors: Float32Array[] = [];
  for (let at = 0; at < texts.length; at += LIMITS.textsAtOnce)
    vectors.push(...(await embedTexts(texts.slice(at, at + LIMITS.textsAtOnce))));
  return vectors;
}

/** In pieces: one call takes so many arguments. */
const PIECE = 8_192;
const vectorsToText = (values: Float32Array) =>
  Array.from({ length: Math.ceil(values.length / PIECE) }, (_, at) => vectorToText(values.subarray(at * PIECE, (at + 1) * PIECE)));
const vectorsFromText = (pieces: readonly string[]) => {
  const values = pieces.map(vectorFromText);
  const whole = new Float32Array(values.reduce((sum, { length }) => sum + length, 0));
  values.forEach((piece, at) => whole.set(piece, at * PIECE));
  return whole;
};
