import { expect, test } from 'vitest';
import { normal, seededRandom } from '../../../src/kernel/random.ts';
import { Graph } from '../../../src/model/graph.ts';
import { adamCorrections, adamStep } from '../../../src/training/adam.ts';
import { openSession } from '../../../src/training/session.ts';

const N = 16;

test('steps are those of Adam', async () => {
  const graph = new Graph();
  const vector = (name: string) => graph.input(name, [N]);
  const scalar = (name: string) => graph.input(name, [1]);
  const stepped = adamStep(graph, vector('weights'), vector('moment1'), vector('moment2'), vector('gradient'), {
    learningRate: scalar('learningRate'),
    correction1: scalar('correction1'),
    correction2: scalar('correction2'),
  });
  for (const name of ['weights', 'moment1', 'moment2'] as const) graph.output(`${name}After`, stepped[name]);
  const session = await openSession(graph, { threads: 1 });

  const random = seededRandom(3);
  const start = Float32Array.from({ length: N }, () => normal(random));
  let [weights, moment1, moment2] = [start, new Float32Array(N), new Float32Array(N)];
  const plain = { weights: [...start], moment1: Array<number>(N).fill(0), moment2: Array<number>(N).fill(0) };
  for (let t = 1; t <= 12; t++) {
    // Gradients of very different sizes, some nothing, one sign that turns.
    const gradient = Float32Array.from({ length: N }, (_, at) => (at === 0 ? 0 : 10 ** ((at % 7) - 4) * normal(random)));
    const learningRate = 0.01 / t;
    const [correction1, correction2] = adamCorrections(t);
    const flat = (data: Float32Array) => ({ data, shape: [N] });
    const one = (value: number) => ({ data: new Float32Array([value]), shape: [1] });
    const results = await session.run({
      weights: flat(weights),
      moment1: flat(moment1),
      moment2: flat(moment2),
      gradient: flat(gradient),
      learningRate: one(learningRate),
      correction1: one(correction1),
      correction2: one(correction2),
    });
    [weights, moment1, moment2] = ['weights', 'moment1', 'moment2'].map((name) => results[`${name}After`]!.data as Float32Array) as [
      Float32Array<ArrayBuffer>,
      Float32Array<ArrayBuffer>,
      Float32Array<ArrayBuffer>,
    ];

    // Kingma & Ba (2015), algorithm 1, with β₁ = 0.9, β₂ = 0.98, ε = 1e-8.
    gradient.forEach((g, at) => {
      plain.moment1[at] = 0.9 * plain.moment1[at]! + 0.1 * g;
      plain.moment2[at] = 0.98 * plain.moment2[at]! + 0.02 * g * g;
      const corrected = { first: plain.moment1[at] / (1 - 0.9 ** t), second: plain.moment2[at] / (1 - 0.98 ** t) };
      plain.weights[at]! -= (learningRate * corrected.first) / (Math.sqrt(corrected.second) + 1e-8);
    });
    for (const at of weights.keys()) expect(weights[at]).toBeCloseTo(plain.weights[at]!, 5);
  }
  await session.release();
  expect(weights[0]).toBe(start[0]);
  expect(Math.abs(weights[1]! - start[1]!)).toBeGreaterThan(1e-3);
});
