/** The graphs that training runs: a step (forward, backward, Adam in one), the users' vectors, and the ranks of targets. */
import { encode, type EncoderConfig, type TrainingNoise } from '../model/encoder.ts';
import { Graph, type Tensor } from '../model/graph.ts';
import { softmaxCrossEntropy } from './loss.ts';
import { itemTable, splitParameters, type ParameterLayout } from './parameters.ts';
import { flatGradient, outputStep } from './step.ts';

/**
 * One training step. In: `weights`, `moment1`, `moment2` [n]; `history` int64 [B, L], `mask` [B, L], `causal` [L, L],
 * `offsets` int64 [L] (rows of the position table); `selected` int64 [P] (positions b·L + l that predict), `targets`
 * int64 [P], `shares` [P] (their weights, summing to 1); `texts` [N, T] where the layout has a map of texts; `learningRate`, `correction1`, `correction2` [1].
 * Out: `loss` [1] and the stepped `weights`, `moment1`, `moment2`; or, with `results: 'gradient'`, `loss` and `gradient` [n].
 */
export function buildStep(
  config: EncoderConfig,
  layout: ParameterLayout,
  noise: TrainingNoise | undefined,
  results: 'step' | 'gradient',
): Graph {
  const graph = new Graph();
  const weights = graph.input('weights', [layout.total]);
  const parameters = splitParameters(graph, layout, weights);
  const items = itemTable(graph, parameters); // [N, d]
  const states = encodeBatch(graph, config, parameters, items, 'every', noise); // [B, L, d]
  const selected = graph.input('selected', ['P'], 'int64');
  const predicting = graph.gather(graph.reshape(states, [-1, config.dims], ['B*L', config.dims]), selected); // [P, d]
  const loss = softmaxCrossEntropy(graph, predicting, items, graph.input('targets', ['P'], 'int64'), graph.input('shares', ['P']));
  const gradient = flatGradient(graph, layout, parameters, loss.seeds);
  graph.output('loss', loss.value);
  if (results === 'gradient') graph.output('gradient', gradient);
  else outputStep(graph, weights, gradient);
  return graph;
}

/** `weights`, `history`, `mask`, `causal`, `offsets`, `texts` as in `buildStep` -> `users` [B, d], the vectors after the newest item. */
export function buildUserVectors(config: EncoderConfig, layout: ParameterLayout): Graph {
  const graph = new Graph();
  const parameters = splitParameters(graph, layout, graph.input('weights', [layout.total]));
  const newest = encodeBatch(graph, config, parameters, itemTable(graph, parameters), 'newest');
  graph.output('users', graph.reshape(newest, [-1, config.dims], ['B', config.dims]));
  return graph;
}

/** `users` [P, d], `items` [N, d], `targets` int64 [P] -> `above` [P, 1]: how many items score above the target. */
export function buildRanks(dims: number, itemCount: number): Graph {
  const graph = new Graph();
  const users = graph.input('users', ['P', dims]);
  const scores = graph.matmul(users, graph.input('items', [itemCount, dims]), { b: true }); // [P, N]
  const higher = graph.greater(scores, graph.pick(scores, graph.input('targets', ['P'], 'int64')));
  graph.output('above', graph.sum(graph.where(higher, graph.scalar(1), graph.scalar(0)), [1]));
  return graph;
}

function encodeBatch(
  graph: Graph,
  config: EncoderConfig,
  parameters: Map<string, Tensor>,
  items: Tensor,
  wanted: 'every' | 'newest',
  noise?: TrainingNoise,
): Tensor {
  const weight = (name: string) => parameters.get(name)!;
  const inputs = {
    rows: graph.gather(items, graph.input('history', ['B', 'L'], 'int64')), // [B, L, d]
    positions: graph.gather(weight('positions'), graph.input('offsets', ['L'], 'int64')), // [L, d]
    mask: graph.input('mask', ['B', 'L']),
    causal: graph.input('causal', ['L', 'L']),
    weight,
  };
  return encode(graph, config, inputs, wanted, noise);
}
