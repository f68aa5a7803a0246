/**
 * The ranker: a small feed-forward network that turns the features of a candidate into its score. Each candidate is scored
 * by itself, so that an item's score does not depend on what else was proposed.
 */
import type { ParameterSpec } from './encoder.ts';
import { FEATURE_COUNT } from './features.ts';
import { Graph, type Tensor } from './graph.ts';

/** Widths of its hidden layers. */
const HIDDEN = [32, 16] as const;

/** The ranker's weights in the order in which they are stored. */
export function rankerParameters(): ParameterSpec[] {
  const widths = [FEATURE_COUNT, ...HIDDEN, 1];
  return widths.slice(1).flatMap((width, layer): ParameterSpec[] => [
    { name: `${layer}.weights`, shape: [widths[layer]!, width], start: 'fan-in' },
    { name: `${layer}.bias`, shape: [width], start: 'zeros' },
  ]);
}

/** How each column of features comes to mean 0 and deviation 1 before the first layer. */
export interface Normalisation {
  /** [FEATURE_COUNT] */
  readonly mean: Float32Array;
  /** [FEATURE_COUNT], none of them 0 */
  readonly deviation: Float32Array;
}

/** Adds the network that trains to `graph`: `features` [C, FEATURE_COUNT] -> scores [C, 1]. */
export function rank(graph: Graph, features: Tensor, { mean, deviation }: Normalisation, weight: (name: string) => Tensor): Tensor {
  const centred = graph.sub(features, graph.weights(mean, [FEATURE_COUNT]));
  return layers(graph, graph.div(centred, graph.weights(deviation, [FEATURE_COUNT])), weight, (x) => graph.relu(x));
}

/** x [C, FEATURE_COUNT] -> [C, 1] */
function layers(graph: Graph, input: Tensor, weight: (name: string) => Tensor, activate: (x: Tensor) => Tensor): Tensor {
  let x = input;
  for (let layer = 0; layer <= HIDDEN.length; layer++) {
    x = graph.add(graph.matmul(x, weight(`${layer}.weights`)), weight(`${layer}.bias`)); // [C, width]
    if (layer < HIDDEN.length) x = activate(x);
  }
  return x;
}

/** The names under which the serving graph takes features and gives scores. */
export const RANKER_IO = { features: 'features', scores: 'scores' } as const;

/**
 * The graph that serves: `features` [C, FEATURE_COUNT] in, `scores` [C, 1] out, for any C. `weights` by name. The normalisation is
 * part of its first layer: to subtract and divide took a third of its time. Max takes the place of Relu, which ONNX Runtime makes a part of
 * the product before it and then computes in place, number by number: that took as long as the products.
 */
export function buildServingRanker(normalisation: Normalisation, weights: ReadonlyMap<string, Float32Array>): Graph {
  const graph = new Graph();
  const features = graph.input(RANKER_IO.features, ['C', FEATURE_COUNT]);
  const shapes = new Map(rankerParameters().map(({ name, shape }) => [name, shape]));
  const folded = new Map([...weights, ...foldNormalisation(normalisation, weights)]);
  const stored = (name: string) => graph.weights(folded.get(name)!, shapes.get(name)!);
  graph.output(
    RANKER_IO.scores,
    layers(graph, features, stored, (x) => graph.max(x, graph.scalar(0))),
  );
  return graph;
}

/** The first layer for features as they are: ((x − mean) / deviation)·W + b = x·W' + b'. */
function foldNormalisation({ mean, deviation }: Normalisation, weights: ReadonlyMap<string, Float32Array>): [string, Float32Array][] {
  const [width] = HIDDEN;
  const scaled = weights.get('0.weights')!.map((weight, at) => weight / deviation[Math.floor(at / width)]!); // [F, width]
  const bias = weights
    .get('0.bias')!
    .map((constant, unit) => mean.reduce((sum, each, f) => sum - each * scaled[f * width + unit]!, constant));
  return [
    ['0.weights', scaled],
    ['0.bias', bias],
  ];
}
