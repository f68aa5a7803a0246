import { type Graph, type Tensor } from '../model/graph.ts';

/** Decay of the two moments and the floor of the divisor. */
const BETA1 = 0.9;
const BETA2 = 0.98;
const EPSILON = 1e-8;

/** The numbers a step needs that are not weights. */
export interface StepInputs {
  readonly learningRate: Tensor;
  /** 1 / (1 − βᵗ): the moments start at zero and are corrected for it. */
  readonly correction1: Tensor;
  readonly correction2: Tensor;
}

/** One step of Adam (Kingma & Ba, 2015) over a flat vector of all weights; every tensor is [n]. */
export function adamStep(graph: Graph, weights: Tensor, moment1: Tensor, moment2: Tensor, gradient: Tensor, step: StepInputs) {
  const blend = (old: Tensor, fresh: Tensor, beta: number) =>
    graph.add(graph.mul(old, graph.scalar(beta)), graph.mul(fresh, graph.scalar(1 - beta)));
  const nextMoment1 = blend(moment1, gradient, BETA1);
  const nextMoment2 = blend(moment2, graph.mul(gradient, gradient), BETA2);
  const divisor = graph.add(graph.sqrt(graph.mul(nextMoment2, step.correction2)), graph.scalar(EPSILON));
  const change = graph.div(graph.mul(nextMoment1, graph.mul(step.learningRate, step.correction1)), divisor);
  return { weights: graph.sub(weights, change), moment1: nextMoment1, moment2: nextMoment2 };
}

/** The corrections of step `t` >= 1. */
export function adamCorrections(t: number): [number, number] {
  return [1 / (1 - BETA1 ** t), 1 / (1 - BETA2 ** t)];
}
