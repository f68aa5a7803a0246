/** What all that is trained here shares: a flat vector of weights that steps of Adam move on, inside a graph and outside. */
import type { Graph, Tensor } from '../model/graph.ts';
import { adamCorrections, adamStep } from './adam.ts';
import { differentiate } from './autodiff.ts';
import type { ParameterLayout } from './parameters.ts';
import type { Values } from './session.ts';

/** Where the steps of Adam stand; [n] each. */
export interface Steps {
  /** Steps done. */
  step: number;
  weights: Float32Array;
  moment1: Float32Array;
  moment2: Float32Array;
}

export function startSteps(weights: Float32Array): Steps {
  return { step: 0, weights, moment1: new Float32Array(weights.length), moment2: new Float32Array(weights.length) };
}

/** The gradient by the flat weights -> [n], from the gradients `seeds` of what is made of its `parameters`. */
export function flatGradient(
  graph: Graph,
  layout: ParameterLayout,
  parameters: ReadonlyMap<string, Tensor>,
  seeds: ReadonlyMap<Tensor, Tensor>,
): Tensor {
  const gradients = differentiate(graph, seeds, [...parameters.values()]);
  return graph.concat(gradients.map((part, at) => graph.reshape(part, [layout.sizes[at]!])));
}

/**
 * Makes a graph with the weights and their gradient [n] one that steps. In: what `stepFeeds` gives. Out: `nextWeights`,
 * `nextMoment1`, `nextMoment2` [n].
 */
export function outputStep(graph: Graph, weights: Tensor, gradient: Tensor): void {
  const { shape } = weights;
  const stepped = adamStep(graph, weights, graph.input('moment1', shape), graph.input('moment2', shape), gradient, {
    learningRate: graph.input('learningRate', [1]),
    correction1: graph.input('correction1', [1]),
    correction2: graph.input('correction2', [1]),
  });
  graph.output('nextWeights', stepped.weights);
  graph.output('nextMoment1', stepped.moment1);
  graph.output('nextMoment2', stepped.moment2);
}

/** The inputs of step number `step` >= 1 from these weights. */
export function stepFeeds({ step, weights, moment1, moment2 }: Steps, learningRate: number): Record<string, Values> {
  const [correction1, correction2] = adamCorrections(step);
  return {
    weights: flat(weights),
    moment1: flat(moment1),
    moment2: flat(moment2),
    learningRate: one(learningRate),
    correction1: one(correction1),
    correction2: one(correction2),
  };
}

/** Arrays that a step may write its results into. */
export function stepResults({ weights, moment1, moment2 }: Steps): Record<string, Values> {
  return { nextWeights: flat(weights), nextMoment1: flat(moment1), nextMoment2: flat(moment2) };
}

export const flat = (data: Float32Array): Values => ({ data, shape: [data.length] });
export const one = (value: number): Values => ({ data: new Float32Array([value]), shape: [1] });
