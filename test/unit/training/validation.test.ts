import { describe, expect, test } from 'vitest';
import { syntheticDataset } from '../../../src/dataset/synthetic.ts';
import { normal, seededRandom } from '../../../src/kernel/random.ts';
import type { EncoderConfig } from '../../../src/model/encoder.ts';
import { ndcgAt } from '../../../src/training/metrics.ts';
import { ITEM_VECTORS, layOut, startingWeights, viewParameters } from '../../../src/training/parameters.ts';
import { splitDataset, type HoldOutCase } from '../../../src/training/split.ts';
import { prepareTraining } from '../../../src/training/training-data.ts';
import { openValidator, recent } from '../../../src/training/validation.ts';
import { coarsen } from '../../fixtures/sequences.ts';
import { dot, encodePlainly, makeEncoderWeights } from '../../fixtures/plain-encoder.ts';

const CONFIG: EncoderConfig = { dims: 8, blocks: 1, heads: 1, length: 6, hidden: 8 };
const ITEMS = 40;
const DAYS_MS = 30 * 24 * 3600 * 1000;

describe('validation', () => {
  test.each(['leave-one-out', 'last-basket'] as const)('ranks as a plain reading of it does: %s', async (protocol) => {
    // More cases than go into one batch, and histories longer than the encoder reads.
    const dataset = coarsen(syntheticDataset({ users: 300, items: ITEMS, seed: 2, meanInteractions: 8 }), DAYS_MS);
    const { validation } = splitDataset(dataset, protocol);
    const data = prepareTraining(dataset, splitDataset(dataset, protocol), 'file', 1);
    const layout = layOut(CONFIG, ITEMS, 0);
    const weights = new Float32Array(layout.total);
    const views = viewParameters(layout, weights);
    for (const [name, values] of makeEncoderWeights(CONFIG, 2)) views.get(name)!.set(values);
    const random = seededRandom(3);
    views.get(ITEM_VECTORS)!.forEach((_, at, items) => (items[at] = normal(random)));
    const vectorOf = (item: number) => Array.from(views.get(ITEM_VECTORS)!.subarray(item * CONFIG.dims, (item + 1) * CONFIG.dims));

    const plain = ({ user, historyEnd, targets }: HoldOutCase) => {
      const history = Array.from(dataset.item.subarray(dataset.start[user], historyEnd));
      const vector = encodePlainly(CONFIG, views, history.slice(-CONFIG.length).map(vectorOf)).at(-1)!;
      const ranking = Array.from({ length: ITEMS }, (_, item) => item)
        .filter((item) => !history.includes(item))
        .sort((a, b) => dot(vector, vectorOf(b)) - dot(vector, vectorOf(a)));
      const ranks = targets.map((target) => ranking.indexOf(target)).filter((rank) => rank >= 0);
      return ndcgAt(10, ranks, targets.length);
    };
    const wanted = validation.reduce((sum, held) => sum + plain(held), 0) / validation.length;

    const validator = await openValidator({ ...data, textDims: 0 }, validation, CONFIG, layout, 1);
    const measured = await validator.ndcg10(weights);
    expect(measured).toBeCloseTo(wanted, 6);
    expect(measured).toBeGreaterThan(0);
    // Other weights, another result: the validator keeps none.
    expect(await validator.ndcg10(startingWeights(layout, 1))).not.toBeCloseTo(measured, 3);
    expect(await validator.ndcg10(weights)).toBe(measured);
    await validator.release();
  });

  test('reads the newest of a history, and nothing of the user before', () => {
    const dataset = syntheticDataset({ users: 3, items: 9, seed: 1 });
    const [start, end] = [dataset.start[1]!, dataset.start[2]!];
    expect(recent(dataset, 1, end, 4)).toEqual(dataset.item.slice(end - 4, end));
    expect(recent(dataset, 1, start + 2, 4)).toEqual(dataset.item.slice(start, start + 2));
  });
});
