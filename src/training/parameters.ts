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

export function layOut(config: EncoderConfig, itemCount: number): ParameterLayout {
  const specs: ParameterSpec[] = [{ name: ITEM_VECTORS, shape: [itemCount, config.dims], start: 'normal' }, ...encoderParameters(config)];
  const sizes = specs.map(({ shape }) => elements(shape));
  return { specs, sizes, total: sizes.reduce((sum, size) => sum + size, 0) };
}

/** The weights before the first step; they depend on nothing but the layout and `seed`. */
export function startingWeights(layout: ParameterLayout, seed: number): Float32Array {
  const random = seededRandom(seed);
  const flat = new Float32Array(layout.total);
  for (const [name, values] of viewParameters(layout, flat)) {
    const start = layout.specs.find((spec) => spec.name === name)!.start;
    if (start === 'ones') values.fill(1);
    if (start === 'normal') for (let at = 0; at < values.length; at++) values[at] = START_DEVIATION * normal(random);
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
