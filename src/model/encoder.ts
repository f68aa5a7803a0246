/**
 * The user encoder: a causal transformer over the items a user touched, after SASRec (Kang & McAuley, 2018, "Self-Attentive
 * Sequential Recommendation"), with normalisation before each part. The user's vector scores an item by inner product
 * with the same vector that represents the item in a history.
 *
 * Rows are oldest first and the newest is always the last row; padding, where there is any, comes first. Position vectors
 * count from the end, so a short history needs no padding at all.
 */
import { attendProjected, type Attend } from './attention.ts';
import { Graph, type Tensor } from './graph.ts';
import { attendMerged } from './merged-attention.ts';

export interface EncoderConfig {
  /** Dimensions of an item's and a user's vector. */
  readonly dims: number;
  readonly blocks: number;
  readonly heads: number;
  /** Interactions of a history that are read, newest last. */
  readonly length: number;
  /** Width of the feed-forward layer. */
  readonly hidden: number;
}

/** One array of weights, as part of a flat vector of all of them. */
export interface ParameterSpec {
  readonly name: string;
  readonly shape: readonly number[];
  /** `normal`: small random numbers; `fan-in`: random, the smaller the more inputs a unit adds up (He et al., 2015). */
  readonly start: 'normal' | 'fan-in' | 'zeros' | 'ones';
}

/** The encoder's weights in the order in which they are stored, the item vectors apart. */
export function encoderParameters({ dims, blocks, length, hidden }: EncoderConfig): ParameterSpec[] {
  const matrix = (name: string, rows: number, columns: number): ParameterSpec => ({ name, shape: [rows, columns], start: 'normal' });
  const bias = (name: string, size: number): ParameterSpec => ({ name, shape: [size], start: 'zeros' });
  const norm = (name: string): ParameterSpec[] => [
    { name: `${name}.gamma`, shape: [dims], start: 'ones' },
    { name: `${name}.beta`, shape: [dims], start: 'zeros' },
  ];
  const block = (b: number): ParameterSpec[] => [
    ...norm(`${b}.attention.norm`),
    ...['query', 'key', 'value', 'output'].flatMap((part) => [
      matrix(`${b}.attention.${part}`, dims, dims),
      bias(`${b}.attention.${part}.bias`, dims),
    ]),
    ...norm(`${b}.feedForward.norm`),
    matrix(`${b}.feedForward.in`, dims, hidden),
    bias(`${b}.feedForward.in.bias`, hidden),
    matrix(`${b}.feedForward.out`, hidden, dims),
    bias(`${b}.feedForward.out.bias`, dims),
  ];
  return [matrix('positions', length, dims), ...Array.from({ length: blocks }, (_, b) => block(b)).flat(), ...norm('norm')];
}

export interface EncoderInputs {
  /** [B, L, d] item vectors; without the axis of the batch when serving one user, here and in all that follows */
  readonly rows: Tensor;
  /** [L, d] position vectors of these L rows */
  readonly positions: Tensor;
  /** [B, L] 1 where there is an item, 0 where there is padding; absent where there is none */
  readonly mask?: Tensor;
  /** [L, L] 0 where a row may look, a large negative number where it may not */
  readonly causal: Tensor;
  /** Trained and fixed weights by name. */
  readonly weight: (name: string) => Tensor;
  /** How a block attends; `attendProjected` if absent. */
  readonly attend?: Attend;
}

/** What training does differently. */
export interface TrainingNoise {
  readonly dropout: number;
  /** A new seed for each use. */
  readonly nextSeed: () => number;
}

/** Adds the encoder to `graph`: [B, L, d] with a vector for every position, or [B, 1, d] where only the `newest` is asked for. */
export function encode(
  graph: Graph,
  config: EncoderConfig,
  inputs: EncoderInputs,
  wanted: 'every' | 'newest',
  noise?: TrainingNoise,
): Tensor {
  const { weight } = inputs;
  const drop = (x: Tensor) => (noise ? graph.dropout(x, noise.dropout, noise.nextSeed()) : x);
  const linear = (x: Tensor, name: string) => graph.add(graph.matmul(x, weight(name)), weight(`${name}.bias`));
  const attend = inputs.attend ?? attendProjected(config.heads, linear, drop);
  const norm = (x: Tensor, name: string) => graph.layerNorm(x, weight(`${name}.gamma`), weight(`${name}.beta`));

  const padding = inputs.mask && graph.mul(graph.sub(inputs.mask, graph.scalar(1)), graph.scalar(1e9)); // [B, L]
  const paddingOfKeys = padding && graph.unsqueeze(padding, 1); // [B, 1, L]
  const everyKey = paddingOfKeys ? graph.add(inputs.causal, paddingOfKeys) : inputs.causal; // [L, L] + [B, 1, L] -> [B, L, L]
  const rowAxis = inputs.rows.shape.length - 2;

  const scaled = graph.mul(inputs.rows, graph.scalar(Math.sqrt(config.dims)));
  let x = drop(graph.add(scaled, inputs.positions)); // [B, L, d] + [L, d]
  for (let b = 0; b < config.blocks; b++) {
    const newestOnly = wanted === 'newest' && b === config.blocks - 1;
    const normal = norm(x, `${b}.attention.norm`); // [B, L, d]
    const asking = newestOnly ? graph.last(normal, rowAxis, graph.integers([1]), 1) : normal; // [B, Q, d], Q = 1 or L
    if (newestOnly) x = graph.last(x, rowAxis, graph.integers([1]), 1);
    x = graph.add(x, drop(attend(graph, b, asking, normal, newestOnly ? paddingOfKeys : everyKey))); // [B, Q, d]
    const hidden = graph.relu(linear(norm(x, `${b}.feedForward.norm`), `${b}.feedForward.in`)); // [B, Q, hidden]
    x = graph.add(x, drop(linear(drop(hidden), `${b}.feedForward.out`)));
  }
  return norm(x, 'norm');
}

/** [length, length] 0 at and below the diagonal, a large negative number above: no row sees a later one. */
export function causalMask(length: number): Float32Array {
  return Float32Array.from({ length: length * length }, (_, at) => (at % length > Math.floor(at / length) ? -1e9 : 0));
}

/** The names under which the serving graph takes a history and gives a user's vector. */
export const ENCODER_IO = { rows: 'rows', user: 'user' } as const;

/**
 * The graph that serves: `rows` [L, d] in, `user` [1, d] out, for any 1 <= L <= config.length. One user has no need of a
 * batch or of padding, and one head none of keys and values of its own (`merged-attention.ts`): every operator of so small a model costs its call.
 * `weights` holds the trained arrays by name.
 */
export function buildServingEncoder(config: EncoderConfig, weights: ReadonlyMap<string, Float32Array>): Graph {
  const graph = new Graph();
  const rows = graph.input(ENCODER_IO.rows, ['L', config.dims]);
  const specs = new Map(encoderParameters(config).map((spec) => [spec.name, spec]));
  const stored = new Map<string, Tensor>();
  const weight = (name: string) => {
    const tensor = stored.get(name) ?? graph.weights(weights.get(name)!, specs.get(name)!.shape);
    stored.set(name, tensor);
    return tensor;
  };
  const length = graph.size(rows, 0); // int64 [1]
  const causal = graph.weights(causalMask(config.length), [config.length, config.length]);
  const user = encode(
    graph,
    config,
    {
      rows,
      weight,
      positions: graph.last(weight('positions'), 0, length, 'L'), // [L, d]
      causal: graph.last(graph.last(causal, 0, length, 'L'), 1, length, 'L'), // [L, L]
      ...(config.heads === 1 && { attend: attendMerged(config.dims, weights) }),
    },
    'newest',
  );
  graph.output(ENCODER_IO.user, user);
  return graph;
}
