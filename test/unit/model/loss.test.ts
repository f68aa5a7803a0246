import { describe, expect, test } from 'vitest';
import { normal, seededRandom } from '../../../src/kernel/random.ts';
import { Graph } from '../../../src/model/graph.ts';
import { differentiate } from '../../../src/training/autodiff.ts';
import { softmaxCrossEntropy } from '../../../src/training/loss.ts';
import { openSession } from '../../../src/training/session.ts';
import { dot, softmax } from '../../fixtures/plain-encoder.ts';
import { expectSameGradient, finiteDifferences } from './finite-differences.ts';

const [P, K, D, N] = [5, 3, 4, 7];
// A target that repeats, shares that differ, one of them nothing.
const TARGETS = [3, 0, 3, 6, 1];
const SHARES = [0.3, 0.25, 0.15, 0, 0.3];

describe('softmax cross-entropy', async () => {
  const random = seededRandom(2);
  const floats = (count: number) => Float32Array.from({ length: count }, () => normal(random));
  const inputs = {
    sources: { data: floats(P * K), shape: [P, K] },
    matrix: { data: floats(K * D), shape: [K, D] },
    items: { data: floats(N * D), shape: [N, D] },
    targets: { data: BigInt64Array.from(TARGETS, BigInt), shape: [P] },
    shares: { data: Float32Array.from(SHARES), shape: [P] },
  };

  // The states come out of a product, so that the gradient has some way to go on.
  const graph = new Graph();
  const matrix = graph.input('matrix', [K, D]);
  const items = graph.input('items', [N, D]);
  const states = graph.matmul(graph.input('sources', ['P', K]), matrix);
  const loss = softmaxCrossEntropy(graph, states, items, graph.input('targets', ['P'], 'int64'), graph.input('shares', ['P']));
  const gradients = differentiate(graph, loss.seeds, [matrix, items]);
  graph.output('loss', loss.value);
  graph.output('dMatrix', gradients[0]!);
  graph.output('dItems', gradients[1]!);
  const session = await openSession(graph, { threads: 1 });

  const plainLoss = () =>
    TARGETS.reduce((sum, target, p) => {
      const state = Array.from({ length: D }, (_, d) =>
        Array.from({ length: K }, (__, k) => inputs.sources.data[p * K + k]! * inputs.matrix.data[k * D + d]!).reduce((a, b) => a + b),
      );
      const logits = Array.from({ length: N }, (_, n) => dot(state, inputs.items.data.subarray(n * D, (n + 1) * D)));
      return sum - SHARES[p]! * Math.log(softmax(logits)[target]!);
    }, 0);

  test('is what the formula says', async () => {
    const results = await session.run(inputs);
    expect(results['loss']!.shape).toEqual([1]);
    expect(results['loss']!.data[0]).toBeCloseTo(plainLoss(), 5);
  });

  test('has the gradient that its values have', async () => {
    const { dMatrix, dItems } = await session.run(inputs);
    expectSameGradient(dMatrix!.data as Float32Array, await finiteDifferences(inputs.matrix.data, async () => plainLoss()));
    expectSameGradient(dItems!.data as Float32Array, await finiteDifferences(inputs.items.data, async () => plainLoss()));
  });

  test('stays a number where a target is hopeless', async () => {
    const far = { ...inputs, matrix: { ...inputs.matrix, data: inputs.matrix.data.map((value) => value * 1e4) } };
    const results = await session.run(far);
    expect(Number.isFinite(results['loss']!.data[0])).toBe(true);
    expect((results['dItems']!.data as Float32Array).every(Number.isFinite)).toBe(true);
  });
});
