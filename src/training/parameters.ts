import { normal, seededRandom } from '../kernel/random.ts';
import { encoderParameters, type EncoderConfig, type ParameterSpec } from '../model/encoder.ts';
import { elements, type Graph, type Tensor } from '../model/graph.ts';

/** The weights of an encoder and its item vectors as one flat vector: one tensor to feed, one to step, one to save. */
export interface ParameterLayout {
  readonly specs: readonly ParameterSpec[];
  /** [specs] numbers in each. */
  readonly sizes: readonly number[];
  readonly total: number;
}

/** The name of the item vectors [items, dims] among the parameters. */
export const ITEM_VECTORS = 'items';

/** Spread of the weights that start at random. */
const START_DEVIATION = 0.02;

/** The name of the map [textDims, dims] from the text of an item to its part of the item's vector. */
const TEXT_MAP = 'textMap';

/** The parameters of an encoder and its item vectors; with `textDims` > 0 a part of every vector comes from the item's text. */
export function layOut(config: EncoderConfig, itemCount: number, textDims: number): ParameterLayout {
  return layOutSpecs([
    { name: ITEM_VECTORS, shape: [itemCount, config.dims], start: 'normal' },
    ...(textDims > 0 ? [{ name: TEXT_MAP, shape: [textDims, config.dims], start: 'normal' } as const] : []),
    ...encoderParameters(config),
  ]);
}

export function layOutSpecs(specs: readonly ParameterSpec[]): ParameterLayout {
  const sizes = specs.map(({ shape }) => elements(shape));
  return { specs, sizes, total: sizes.reduce((sum, size) => sum + size, 0) };
}

/** The weights before the first step; they depend on nothing but the layout and `seed`. */
export function startingWeights(layout: ParameterLayout, seed: number): Float32Array {
  const random = seededRandom(seed);
  const flat = new Float32Array(layout.total);
  const views = viewParameters(layout, flat);
  for (const { name, shape, start } of layout.specs) {
    const values = views.get(name)!;
    const deviation = start === 'fan-in' ? Math.sqrt(2 / shape[0]!) : START_DEVIATION;
    if (start === 'ones') values.fill(1);
    else if (start !== 'zeros') for (let at = 0; at < values.length; at++) values[at] = deviation * normal(random);
  }
  return flat;
}

/** Each parameter's numbers, sharing memory with `flat`. */
export function viewParameters(layout: ParameterLayout, flat: Float32Array): Map<string, Float32Array> {
  let offset = 0;
  return new Map(
    layout.specs.map(({ name }, at) => {
      const view = flat.subarray(offset, offset + layout.sizes[at]!);
      offset += layout.sizes[at]!;
      return [name, view];
    }),
  );
}

/** Cuts a flat vector inside a graph into its parameters. */
export function splitParameters(graph: Graph, layout: ParameterLayout, flat: Tensor): Map<string, Tensor> {
  const parts = graph.split(flat, layout.sizes);
  return new Map(layout.specs.map(({ name, shape }, at) => [name, graph.reshape(parts[at]!, shape)]));
}

/**
 * The item vectors inside a graph -> [items, dims]: each item's own part, and where the layout has a map of texts, what its
 * text says, so that rare items borrow from those described alike. The texts are the input `texts` [items, textDims].
 */
export function itemTable(graph: Graph, parameters: ReadonlyMap<string, Tensor>): Tensor {
  const own = parameters.get(ITEM_VECTORS)!;
  const map = parameters.get(TEXT_MAP);
  if (!map) return own;
  const texts = graph.input('texts', [own.shape[0]!, map.shape[0]!]);
  return graph.add(own, graph.matmul(texts, map)); // [items, textDims] · [textDims, dims]
}

/** The same outside a graph: the vectors [items, dims] that serve. */
export function itemVectors(layout: ParameterLayout, flat: Float32Array, texts: Float32Array): Float32Array {
  const views = viewParameters(layout, flat);
  const vectors = views.get(ITEM_VECTORS)!.slice();
  const map = views.get(TEXT_MAP);
  if (!map) return vectors;
  const dims = layout.specs[0]!.shape[1]!;
  const textDims = map.length / dims;
  for (let entry = 0; entry < texts.length; entry++) {
    const row = Math.floor(entry / textDims);
    const share = texts[entry]!;
    for (let d = 0; d < dims; d++) vectors[row * dims + d]! += share * map[(entry % textDims) * dims + d]!;
  }
  return vectors;
}
