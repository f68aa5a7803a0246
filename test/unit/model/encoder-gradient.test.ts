import { describe, expect, test } from 'vitest';
import type { EncoderConfig } from '../../../src/model/encoder.ts';
import { normal, seededRandom } from '../../../src/kernel/random.ts';
import { buildStep } from '../../../src/training/graphs.ts';
import { ITEM_VECTORS, layOut, viewParameters } from '../../../src/training/parameters.ts';
import { openSession } from '../../../src/training/session.ts';
import { batchForTraining } from '../../../src/training/windows.ts';
import { dot, encodePlainly, makeEncoderWeights, softmax } from '../../fixtures/plain-encoder.ts';
import { expectSameGradient, finiteDifferences } from './finite-differences.ts';

const ITEMS = 9;
const configOf = (heads: number): EncoderConfig => ({ dims: 6, blocks: 2, heads, length: 5, hidden: 7 });
/** Of different lengths, so that there is padding; the longest is as long as the encoder reads. */
const SEQUENCES = [
  [0, 3, 3, 5, 8, 1],
  [4, 2],
  [7, 0, 6, 2],
];

function setUp(heads: number) {
  const config = configOf(heads);
  const layout = layOut(config, ITEMS, 0);
  const random = seededRandom(heads);
  const weights = new Float32Array(layout.total);
  const views = viewParameters(layout, weights);
  for (const [name, values] of makeEncoderWeights(config, heads)) views.get(name)!.set(values);
  views.get(ITEM_VECTORS)!.forEach((_, at, items) => (items[at] = 0.5 * normal(random)));

  const order = Int32Array.from(SEQUENCES.flat());
  let from = 0;
  const windows = SEQUENCES.map(({ length }) => ({ from, to: (from += length) }));
  const inputs = { ...batchForTraining(windows, order, config.length), weights: { data: weights, shape: [layout.total] } };
  return { config, layout, views, weights, inputs };
}

/** The mean loss of every prediction, by the book and in double precision. */
function plainLoss({ config, views }: ReturnType<typeof setUp>): number {
  const vectorOf = (item: number) => Array.from(views.get(ITEM_VECTORS)!.subarray(item * config.dims, (item + 1) * config.dims));
  const losses = SEQUENCES.flatMap((sequence) => {
    const states = encodePlainly(config, views, sequence.slice(0, -1).map(vectorOf));
    return states.map((state, at) => {
      const logits = Array.from({ length: ITEMS }, (_, item) => dot(state!, vectorOf(item)));
      return -Math.log(softmax(logits)[sequence[at + 1]!]!);
    });
  });
  return losses.reduce((sum, one) => sum + one, 0) / losses.length;
}

describe.each([1, 2])('a training step with heads: %i', (heads) => {
  test('has the loss of the encoder by the book', async () => {
    const made = setUp(heads);
    const { config, layout, inputs } = made;
    const session = await openSession(buildStep(config, layout, undefined, 'gradient'), { threads: 1 });
    const { loss } = await session.run(inputs);
    await session.release();
    expect(loss!.data[0]).toBeCloseTo(plainLoss(made), 5);
  });

  test('has the gradient that the loss has, in every parameter', async () => {
    const made = setUp(heads);
    const { config, layout, views, inputs } = made;
    const session = await openSession(buildStep(config, layout, undefined, 'gradient'), { threads: 1 });
    const { gradient } = await session.run(inputs);
    await session.release();
    const gradients = viewParameters(layout, gradient!.data as Float32Array);
    const random = seededRandom(5);
    for (const [name, values] of views) {
      const exact = gradients.get(name)!;
      const at = Array.from({ length: 4 }, () => Math.floor(random() * values.length));
      at.push(exact.reduce((best, value, index) => (Math.abs(value) > Math.abs(exact[best]!) ? index : best), 0));
      // All keys moved by the same have the same softmax: this one has no slope.
      if (name.endsWith('attention.key.bias')) {
        expect(Math.max(...exact.map(Math.abs))).toBeLessThan(1e-6);
        continue;
      }
      const lossOf = async () => plainLoss(made);
      // A step this small hardly ever crosses the bend of a `Relu`.
      expectSameGradient(
        at.map((index) => exact[index]!),
        await finiteDifferences(values, lossOf, { at, step: 2e-4 }),
        name,
      );
    }
  });

  test('has the gradient of what was kept when activations are dropped', async () => {
    const { config, layout, views, inputs } = setUp(heads);
    let seed = 0;
    const graph = buildStep(config, layout, { dropout: 0.3, nextSeed: () => ++seed }, 'gradient');
    const run = async () => {
      // A fresh session drops the same again.
      const session = await openSession(graph, { threads: 1 });
      const results = await session.run(inputs);
      await session.release();
      return results;
    };
    const gradients = viewParameters(layout, (await run())['gradient']!.data as Float32Array);
    for (const name of [ITEM_VECTORS, 'positions', '0.attention.value', '1.feedForward.in']) {
      const exact = gradients.get(name)!;
      const at = [exact.reduce((best, value, index) => (Math.abs(value) > Math.abs(exact[best]!) ? index : best), 0), 1];
      const lossOf = async () => (await run())['loss']!.data[0] as number;
      expectSameGradient(
        at.map((index) => exact[index]!),
        await finiteDifferences(views.get(name)!, lossOf, { at, step: 0.005 }),
        name,
      );
    }
  });
});
